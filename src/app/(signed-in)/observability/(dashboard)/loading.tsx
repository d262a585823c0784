import { ObservabilityLoading } from "#portal/ui/observability/observability-page.tsx";

export default ObservabilityLoading;
