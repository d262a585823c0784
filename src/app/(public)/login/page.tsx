import { LoginRoute } from "#portal/pages/login-route.tsx";

export const metadata = { title: "Sign in" };

export default LoginRoute;
