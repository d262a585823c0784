import { AlertsLoading } from "#portal/ui/alerts/alerts-page.tsx";

export default AlertsLoading;
