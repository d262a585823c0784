/**
 * The network address a request came from: the last one in X-Forwarded-For, which the nearest proxy put there,
 * or Next itself where there is no proxy. A client that reaches the portal directly can make it up, so nothing
 * may depend on it alone.
 */
export function clientAddress(forwardedFor: string | null | undefined): string {
  const address = forwardedFor?.split(",").at(-1)?.trim() ?? "";
  return address === "" ? "unknown" : address.slice(0, ADDRESS_LENGTH_MAX);
}

const ADDRESS_LENGTH_MAX = 64;
