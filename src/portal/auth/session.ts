import { getToken } from "next-auth/jwt";

import type { Actor, SessionClaim } from "#domain/agent.ts";

/** Sessions end this long after the last time they were renewed. */
export const SESSION_SECONDS = 7 * 24 * 60 * 60;

/** Who is signed in, as the account is at this moment, and until when the cookie is good. */
export type PortalSession = { actor: Actor; claim: SessionClaim; expiresAt: Date };

/** What the session cookie holds, encrypted. */
export type SessionToken = { sub?: string; sessionVersion?: unknown; exp?: unknown };

/** What telling a session takes. The platform has it, and so has whoever else lets people in by the portal's sessions. */
export type SessionParts = {
  portalUrl: string;
  sessionSecret: string;
  /** Who somebody is at this moment; null once the session has ended. */
  accounts: { actorOf(claim: SessionClaim): Promise<Actor | null> };
};

/** The cookie's name: over https the browser itself makes sure that it came over https. */
export function sessionCookieName(portalUrl: string): string {
  return isSecure(portalUrl) ? "__Secure-next-auth.session-token" : "next-auth.session-token";
}

/** Whether people reach the portal over https. */
export function isSecure(portalUrl: string): boolean {
  return portalUrl.startsWith("https://");
}

/** The session of a request's cookies; null when there is none, it has expired, or the account has ended it. */
export async function readSession(
  platform: SessionParts,
  cookies: Record<string, string>,
): Promise<PortalSession | null> {
  const token = await getToken({
    // getToken reads nothing of a request but these two; without headers it takes no bearer token for a session.
    req: { cookies, headers: {} } as Parameters<typeof getToken>[0]["req"],
    secret: platform.sessionSecret,
    secureCookie: isSecure(platform.portalUrl),
    cookieName: sessionCookieName(platform.portalUrl),
  });
  return token === null ? null : sessionOf(platform, token);
}

/** The session that a decrypted token stands for, checked against the account as it is now. */
export async function sessionOf(platform: SessionParts, token: SessionToken): Promise<PortalSession | null> {
  const { sub: userId, sessionVersion, exp } = token;
  if (userId === undefined || typeof sessionVersion !== "number") return null;
  const claim = { userId, sessionVersion };
  const actor = await platform.accounts.actorOf(claim);
  if (actor === null) return null;
  return { actor, claim, expiresAt: new Date((typeof exp === "number" ? exp : 0) * 1000) };
}
