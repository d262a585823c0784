import { ObservabilityRoute } from "#portal/pages/observability-route.tsx";

export const metadata = { title: "Observability" };

export default ObservabilityRoute;
