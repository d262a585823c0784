import { OverviewRoute } from "#portal/pages/overview-route.tsx";

export const metadata = { title: "Overview" };

export default OverviewRoute;
