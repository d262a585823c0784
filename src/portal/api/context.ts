import type { Actor } from "#domain/agent.ts";
import { getPlatform, type Platform } from "#platform.ts";
import { cookiesOf } from "#portal/auth/cookies.ts";
import { type PortalSession, readSession } from "#portal/auth/session.ts";

/** What a procedure knows of the call: the services, and who is signed in. */
export type PortalContext = { platform: Platform; session: PortalSession | null };

/** Reads the session of a request; role and access are looked up in the database each time. */
export async function createContext(request: Request): Promise<PortalContext> {
  const platform = getPlatform();
  return { platform, session: await readSession(platform, cookiesOf(request.headers)) };
}

/** The person of a context, or null. */
export function actorOf(context: PortalContext): Actor | null {
  return context.session?.actor ?? null;
}
