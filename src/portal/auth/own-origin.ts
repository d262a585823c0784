import { DomainError } from "#domain/errors.ts";

const LOOPBACK = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/**
 * Lets a request that changes something pass only from the portal's own pages: its Origin has to be the
 * portal's address, exactly. On this machine the loopback names are one address, whichever was typed.
 * @throws DomainError not_allowed, naming the address to use
 */
export function requireOwnOrigin(headers: Headers, portalUrl: string): void {
  const origin = headers.get("origin");
  const ownOrigin = new URL(portalUrl).origin;
  if (origin === ownOrigin) return;
  const isSameLoopback =
    origin !== null && LOOPBACK.test(origin) && LOOPBACK.test(ownOrigin) && origin === `http://${headers.get("host")}`;
  if (isSameLoopback) return;
  throw new DomainError("not_allowed", `This only works on the portal's own pages. Open ${ownOrigin} and try there.`);
}
