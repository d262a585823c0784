import { NotificationsRoute } from "#portal/pages/notifications-route.tsx";

export const metadata = { title: "Notifications" };

export default NotificationsRoute;
