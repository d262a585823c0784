import { PublicLayout } from "#portal/pages/public-layout.tsx";

export default PublicLayout;
