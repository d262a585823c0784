import { BudgetsRoute } from "#portal/pages/budgets-route.tsx";

export const metadata = { title: "Budgets" };

export default BudgetsRoute;
