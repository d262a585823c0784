import { RetentionLoading } from "#portal/ui/retention/retention-page.tsx";

export default RetentionLoading;
