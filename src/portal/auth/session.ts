import { getToken } from "next-auth/jwt";
import type { Actor } from "#domain/agent.ts";
import type { SessionClaim } from "#people/accounts.ts";
import type { Platform } from "#platform.ts";

/** Sessions end this long after the last time they were renewed. */
export const SESSION_SECONDS = 7 * 24 * 60 * 60;

/** Who is signed in, as the account is at this moment, and until when the cookie is good. */
export type PortalSession = { actor: Actor; claim: SessionClaim; expiresAt: Date };

/** What the session cookie holds, encrypted. */
export type SessionToken = { sub?: string; sessionVersion?: unknown; exp?: unknown };

type SessionPlatform = Pick<Platform, "portalUrl" | "sessionSecret" | "accounts">;

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
  platform: SessionPlatform,
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
export async function sessionOf(platform: SessionPlatform, token: SessionToken): Promise<PortalSession | null> {
  const { sub: userId, sessionVersion, exp } = token;
  if (userId === undefined || typeof sessionVersion !== "number") return null;
  const claim = { userId, sessionVersion };
  const actor = await platform.accounts.actorOf(claim);
  if (actor === null) return null;
  return { actor, claim, expiresAt: new Date((typeof exp === "number" ? exp : 0) * 1000) };
}
