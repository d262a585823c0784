import { BudgetsLoading } from "#portal/ui/budgets/budgets-page.tsx";

export default BudgetsLoading;
