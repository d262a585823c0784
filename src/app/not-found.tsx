import { NotFoundRoute } from "#portal/pages/not-found-route.tsx";

export const metadata = { title: "Not found" };

export default NotFoundRoute;
