import { getPlatform } from "#platform.ts";
import { cookiesOf } from "#portal/auth/cookies.ts";
import { readSession } from "#portal/auth/session.ts";
import { errorResponse, noSuchAddress } from "#portal/rest/responses.ts";

/** Where the door looks whether the session has come along, and goes on to `to`. */
const ARRIVAL_PATH = "/door/arrival";

/**
 * `GET /api/dashboard?to=`: from the portal to a page of Helicone's dashboard, by way of the sign-in for people without a session.
 * It leads to the door and to no other site, and shows nothing: the door decides who may see what.
 */
export async function openDashboard(request: Request): Promise<Response> {
  const { dashboardUrl, ...platform } = getPlatform();
  if (dashboardUrl === null) return noSuchAddress();
  try {
    const { pathname, searchParams, search } = new URL(request.url);
    const session = await readSession(platform, cookiesOf(request.headers));
    if (session === null) return redirectTo(platform.portalUrl, "/login", { next: pathname + search });
    return redirectTo(dashboardUrl, ARRIVAL_PATH, { to: searchParams.get("to") ?? "/" });
  } catch (error) {
    return errorResponse(error, platform.log);
  }
}

function redirectTo(site: string, path: string, query: Record<string, string>): Response {
  const address = new URL(path, site);
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  return new Response(null, { status: 303, headers: { location: address.href, "cache-control": "no-store" } });
}
