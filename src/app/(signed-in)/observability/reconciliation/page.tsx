import { ReconciliationRoute } from "#portal/pages/reconciliation-route.tsx";

export const metadata = { title: "Reconciliation" };

export default ReconciliationRoute;
