export type SharedSessionParts = { portalUrl: string; doorUrl: string; cookieDomain: string | undefined };

/**
 * Why the portal's session cookie cannot reach the door at these addresses, as a sentence for whoever set them; null when it can.
 * Browsers send it to the portal's host at any port, or to a whole domain, and over https alone if it was set there.
 */
export function obstacleToSession({ portalUrl, doorUrl, cookieDomain }: SharedSessionParts): string | null {
  const [portal, door] = [new URL(portalUrl), new URL(doorUrl)];
  if (portal.protocol === "https:" && door.protocol !== "https:") {
    return "HELICONE_DOOR_URL: has to be an https address where NEXTAUTH_URL is one, or the sign-in does not reach it.";
  }
  const isWithin = ({ hostname }: URL) => hostname === cookieDomain || hostname.endsWith(`.${cookieDomain}`);
  const isShared = cookieDomain === undefined ? portal.hostname === door.hostname : isWithin(portal) && isWithin(door);
  if (isShared) return null;
  return cookieDomain === undefined
    ? "HELICONE_DOOR_URL: has to have the host name of NEXTAUTH_URL, or HELICONE_DASHBOARD_COOKIE_DOMAIN a domain of both."
    : "HELICONE_DASHBOARD_COOKIE_DOMAIN: has to be a domain that NEXTAUTH_URL and HELICONE_DOOR_URL are both in.";
}
