import { redirect } from "next/navigation";

import { getPlatform } from "#platform.ts";
import { admitToPage } from "#portal/auth/page-access.ts";
import { LoginPage } from "#portal/ui/login/login-page.tsx";
import { returnPath } from "#portal/ui/login/return-path.ts";

type LoginRouteProps = { searchParams: Promise<{ next?: string | string[] }> };

/** `/login`: who is signed in already is sent on. */
export async function LoginRoute({ searchParams }: LoginRouteProps) {
  const actor = await admitToPage("/login");
  const { next } = await searchParams;
  if (actor !== null) redirect(returnPath(typeof next === "string" ? next : null, getPlatform().portalUrl));
  return <LoginPage isSetUp={await getPlatform().welcome.isSetUp()} />;
}
