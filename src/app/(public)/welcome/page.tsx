import { WelcomeRoute } from "#portal/pages/welcome-route.tsx";

export const metadata = { title: "Welcome" };

export default WelcomeRoute;
