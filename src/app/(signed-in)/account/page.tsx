import { AccountRoute } from "#portal/pages/account-route.tsx";

export const metadata = { title: "Account" };

export default AccountRoute;
