import { admitToPage } from "#portal/auth/page-access.ts";
import { WelcomePage } from "#portal/ui/welcome/welcome-page.tsx";

/** `/welcome`: the token is behind the # of the address, which never reaches the server. */
export async function WelcomeRoute() {
  await admitToPage("/welcome");
  return <WelcomePage />;
}
