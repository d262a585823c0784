import { RequestsRoute } from "#portal/pages/requests-route.tsx";

export const metadata = { title: "Requests" };

export default RequestsRoute;
