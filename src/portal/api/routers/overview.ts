import { z } from "zod";

import { budgetStandings } from "#portal/api/budget-standings.ts";
import { daysInput } from "#portal/api/schemas.ts";
import { router, signedInProcedure } from "#portal/api/trpc.ts";

/** What all agents that the person may see cost together: for an admin the fleet, for an owner the own ones. */
export const overviewRouter = router({
  budgets: signedInProcedure.query(({ ctx }) => budgetStandings(ctx.platform, ctx.actor)),

  get: signedInProcedure.input(z.object({ days: daysInput })).query(async ({ ctx, input }) => {
    const { platform, actor } = ctx;
    const own = async () => (await platform.agents.list(actor)).map(({ id }) => id);
    return platform.fleetReport.overview(actor.role === "admin" ? "fleet" : await own(), input.days);
  }),
});
