import { AccountLoading } from "#portal/ui/account/account-page.tsx";

export default AccountLoading;
