import { RequestsLoading } from "#portal/ui/requests/requests-page.tsx";

export default RequestsLoading;
