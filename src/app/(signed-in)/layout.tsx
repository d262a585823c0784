import { SignedInLayout } from "#portal/pages/signed-in-layout.tsx";

export default SignedInLayout;
