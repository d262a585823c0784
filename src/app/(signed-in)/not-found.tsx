import { NotFoundNotice } from "#portal/ui/errors/not-found-notice.tsx";

export const metadata = { title: "Not found" };

export default NotFoundNotice;
