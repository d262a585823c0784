import { SessionsLoading } from "#portal/ui/sessions/sessions-page.tsx";

export default SessionsLoading;
