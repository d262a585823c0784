import { DomainError } from "#domain/errors.ts";
import { getPlatform } from "#platform.ts";
import { ROUTE_ACCESS } from "#portal/api/access.ts";
import { authorize } from "#portal/api/authorize.ts";
import { cookiesOf } from "#portal/auth/cookies.ts";
import { readSession } from "#portal/auth/session.ts";
import { errorResponse } from "#portal/rest/responses.ts";

/** Where the door looks whether the session has come along, and goes on to `to`. */
const ARRIVAL_PATH = "/door/arrival";

/**
 * `GET /api/dashboard?to=`: from the portal to a page of Helicone's dashboard. People without a session come here from the door,
 * by way of the sign-in. It leads to the door and to no other place; the door itself decides who may see what.
 */
export async function openDashboard(request: Request): Promise<Response> {
  const platform = getPlatform();
  try {
    const session = await readSession(platform, cookiesOf(request.headers));
    await authorize(ROUTE_ACCESS["GET /api/dashboard"], { platform, actor: session?.actor ?? null });
    if (platform.dashboardUrl === null) throw new DomainError("not_found", "Helicone is turned off.");
    const arrival = new URL(ARRIVAL_PATH, platform.dashboardUrl);
    arrival.searchParams.set("to", new URL(request.url).searchParams.get("to") ?? "/");
    return new Response(null, { status: 303, headers: { location: arrival.href, "cache-control": "no-store" } });
  } catch (error) {
    return errorResponse(error, platform.log);
  }
}
