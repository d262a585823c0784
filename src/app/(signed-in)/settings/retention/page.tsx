import { RetentionRoute } from "#portal/pages/retention-route.tsx";

export const metadata = { title: "Retention" };

export default RetentionRoute;
