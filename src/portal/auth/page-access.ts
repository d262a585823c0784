import { cookies } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";

import type { Actor } from "#domain/agent.ts";
import { getPlatform } from "#platform.ts";
import { PAGE_ACCESS, type PagePath } from "#portal/api/access.ts";
import { authorize } from "#portal/api/authorize.ts";
import { refusalOf } from "#portal/api/errors.ts";
import { type PortalSession, readSession } from "#portal/auth/session.ts";

/**
 * Lets a person see a page, or sends them elsewhere: to the sign-in page when nobody is signed in, to "not
 * found" when the page, or the agent it is about, is not for them. Every page calls it first, with its path as
 * it stands in the access table. Answers with the person; null on public pages when nobody is signed in.
 */
export async function admitToPage(path: PagePath, agentName: string | null = null): Promise<Actor | null> {
  const platform = getPlatform();
  const actor = await signedInActor();
  try {
    await authorize(PAGE_ACCESS[path], { platform, actor, agentName });
    return actor;
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    if (refusal.code === "not_signed_in") redirect(signInPath(path, agentName));
    notFound();
  }
}

/** Who is signed in, in a server component; null when nobody is. */
export async function signedInActor(): Promise<Actor | null> {
  return (await pageSession())?.actor ?? null;
}

/** The session of the page that is being rendered: looked up once for all that is on it. */
export const pageSession = cache(async (): Promise<PortalSession | null> => {
  const found = (await cookies()).getAll().map(({ name, value }) => [name, value]);
  return readSession(getPlatform(), Object.fromEntries(found));
});

/** The sign-in page, with the way back. */
function signInPath(path: PagePath, agentName: string | null): string {
  const target = agentName === null ? path : path.replace("[name]", encodeURIComponent(agentName));
  return target === "/overview" ? "/login" : `/login?next=${encodeURIComponent(target)}`;
}
