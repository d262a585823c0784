import { ReconciliationLoading } from "#portal/ui/reconciliation/reconciliation-page.tsx";

export default ReconciliationLoading;
