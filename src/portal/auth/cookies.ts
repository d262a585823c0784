/** The cookies of a request, by name. Of a name that comes twice the first counts, as with next/headers. */
export function cookiesOf(headers: Headers): Record<string, string> {
  const cookies = new Map<string, string>();
  for (const part of (headers.get("cookie") ?? "").split(";")) {
    const pair = part.trim();
    const at = pair.indexOf("=");
    if (at < 1 || cookies.has(pair.slice(0, at))) continue;
    cookies.set(pair.slice(0, at), decoded(pair.slice(at + 1)));
  }
  return Object.fromEntries(cookies);
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value; // not ours: our cookies are always encoded well
  }
}
