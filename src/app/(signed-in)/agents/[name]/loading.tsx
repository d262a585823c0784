import { AgentLoading } from "#portal/ui/agent/agent-loading.tsx";

export default AgentLoading;
