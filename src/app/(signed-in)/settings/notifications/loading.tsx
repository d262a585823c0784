import { NotificationsLoading } from "#portal/ui/notifications/notifications-page.tsx";

export default NotificationsLoading;
