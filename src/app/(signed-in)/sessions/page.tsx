import { SessionsRoute } from "#portal/pages/sessions-route.tsx";

export const metadata = { title: "Sessions" };

export default SessionsRoute;
