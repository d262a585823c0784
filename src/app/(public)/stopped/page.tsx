import { StoppedRoute } from "#portal/pages/stopped-route.tsx";

export const metadata = { title: "Your agent was stopped" };

export default StoppedRoute;
