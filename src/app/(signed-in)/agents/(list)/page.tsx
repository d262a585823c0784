import { AgentsRoute } from "#portal/pages/agents-route.tsx";

export const metadata = { title: "Agents" };

export default AgentsRoute;
