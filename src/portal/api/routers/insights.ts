import { z } from "zod";

import { daysInput } from "#portal/api/schemas.ts";
import { agentProcedure, router, signedInProcedure } from "#portal/api/trpc.ts";

/** Sentences worth telling, of all agents that the person may see or of one. */
export const insightsRouter = router({
  fleet: signedInProcedure.input(z.object({ days: daysInput })).query(async ({ ctx, input }) => {
    const { platform, actor } = ctx;
    const own = async () => (await platform.agents.list(actor)).map(({ id }) => id);
    return platform.insights.of(actor.role === "admin" ? "fleet" : await own(), input.days);
  }),

  agent: agentProcedure
    .input(z.object({ days: daysInput }))
    .query(({ ctx, input }) => ctx.platform.insights.of([ctx.agent.id], input.days)),
});
