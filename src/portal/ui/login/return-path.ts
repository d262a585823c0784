const START = "/overview";

/** The bare root, the sign-in page, and paths that a browser would read as another host. */
const NOT_A_PLACE = /^\/($|\/|login($|\/))/;

/** Where to go after signing in: the page one came from, if it is a path of this portal, else the overview. */
export function returnPath(wanted: string | null, origin: string): string {
  if (wanted === null) return START;
  const url = URL.canParse(wanted, origin) ? new URL(wanted, origin) : null;
  if (url === null || url.origin !== origin || NOT_A_PLACE.test(url.pathname)) return START;
  return `${url.pathname}${url.search}`;
}
