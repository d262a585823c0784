import { AlertsRoute } from "#portal/pages/alerts-route.tsx";

export const metadata = { title: "Alerts" };

export default AlertsRoute;
