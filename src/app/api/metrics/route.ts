import { scrapeMetrics } from "#portal/rest/metrics-route.ts";
import { methodNotAllowed } from "#portal/rest/responses.ts";

const notAllowed = methodNotAllowed("GET");

export const GET = scrapeMetrics;
export const POST = notAllowed;
export const PUT = notAllowed;
export const PATCH = notAllowed;
export const DELETE = notAllowed;

/** Asked of the running portal each time, never of the build. */
export const dynamic = "force-dynamic";
