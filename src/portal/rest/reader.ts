import type { Actor } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";
import type { ApiKeyScope } from "#people/api-keys.ts";
import type { Platform } from "#platform.ts";
import { clientAddress } from "#portal/auth/client-address.ts";
import { cookiesOf } from "#portal/auth/cookies.ts";
import { readSession } from "#portal/auth/session.ts";

/**
 * Who reads over REST: the person of the session cookie, or the creator of the API key in `Authorization`,
 * which counts alone when it is there and has one of the scopes. Null when there is neither.
 * @throws DomainError not_signed_in for a key that does not work; not_allowed for a missing scope;
 * too_many_attempts for a client that keeps trying
 */
export async function readerOf(
  platform: Platform,
  request: Request,
  scopes: readonly ApiKeyScope[],
): Promise<Actor | null> {
  return (await callerOf(platform, request, scopes))?.actor ?? null;
}

/**
 * For routes that only the portal's own pages may call with a cookie: who sends nothing at all is a program that has forgotten its
 * key, and is told so.
 * @throws DomainError not_signed_in
 */
export function requireCredential(request: Request): void {
  if (request.headers.has("authorization") || request.headers.has("cookie")) return;
  throw new DomainError("not_signed_in", "Send an API key as `Authorization: Bearer …`, or sign in first.");
}

/** Who calls, and with which key; null: with the session of a browser. */
export type Caller = { actor: Actor; apiKeyId: string | null };

/** As `readerOf`, for those who need to know how the caller was told. */
export async function callerOf(
  platform: Platform,
  request: Request,
  scopes: readonly ApiKeyScope[],
): Promise<Caller | null> {
  const authorization = request.headers.get("authorization");
  if (authorization === null) {
    const session = await readSession(platform, cookiesOf(request.headers));
    return session === null ? null : { actor: session.actor, apiKeyId: null };
  }

  const key = /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? "";
  const holder = await platform.apiKeys.authenticate(key, clientAddress(request.headers.get("x-forwarded-for")));
  if (holder === null) throw new DomainError("not_signed_in", "This API key does not work. Make one under Account.");
  if (!scopes.some((scope) => holder.scopes.includes(scope))) {
    throw new DomainError("not_allowed", `This API key lacks the scope ${scopes[0]}.`);
  }
  return { actor: holder.actor, apiKeyId: holder.keyId };
}
