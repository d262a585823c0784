import { answerHealth } from "#portal/rest/health-route.ts";

export const GET = answerHealth;

/** Asked of the running portal each time, never of the build. */
export const dynamic = "force-dynamic";
