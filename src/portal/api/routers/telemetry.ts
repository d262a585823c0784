import { z } from "zod";

import { daysInput } from "#portal/api/schemas.ts";
import { agentProcedure, router } from "#portal/api/trpc.ts";

/** What one agent reports of itself, by UTC day. */
export const telemetryRouter = router({
  report: agentProcedure
    .input(z.object({ days: daysInput }))
    .query(({ ctx, input }) => ctx.platform.telemetryReports.of(ctx.agent, input.days)),
});
