import { z } from "zod";

import { daysInput } from "#portal/api/schemas.ts";
import { agentProcedure, router } from "#portal/api/trpc.ts";

const periodInput = z.enum(["day", "week", "month"], { error: "Choose day, week or month." });

/** What one agent cost, in nano-USD at list price, by UTC day. */
export const costsRouter = router({
  byDay: agentProcedure
    .input(z.object({ days: daysInput }))
    .query(({ ctx, input }) => ctx.platform.costs.byDay(ctx.agent.id, input.days)),

  byModel: agentProcedure
    .input(z.object({ days: daysInput }))
    .query(({ ctx, input }) => ctx.platform.costs.byModel(ctx.agent.id, input.days)),

  period: agentProcedure
    .input(z.object({ period: periodInput }))
    .query(({ ctx, input }) => ctx.platform.costs.period(ctx.agent.id, input.period)),
});
