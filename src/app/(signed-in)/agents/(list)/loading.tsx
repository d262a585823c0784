import { AgentsLoading } from "#portal/ui/agents/agents-page.tsx";

export default AgentsLoading;
