import { OverviewLoading } from "#portal/ui/overview/overview-page.tsx";

export default OverviewLoading;
