import { z } from "zod";

import { daysInput, plainText } from "#portal/api/schemas.ts";
import { agentProcedure, router } from "#portal/api/trpc.ts";

const periodInput = z.enum(["day", "week", "month"], { error: "Choose day, week or month." });

/** What one agent cost, in nano-USD at list price, by UTC day where nothing else is said. */
export const costsRouter = router({
  byDay: agentProcedure
    .input(z.object({ days: daysInput }))
    .query(({ ctx, input }) => ctx.platform.costs.byDay(ctx.agent.id, input.days)),

  byModel: agentProcedure
    .input(z.object({ days: daysInput }))
    .query(({ ctx, input }) => ctx.platform.costs.byModel(ctx.agent.id, input.days)),

  byType: agentProcedure
    .input(z.object({ days: daysInput }))
    .query(({ ctx, input }) => ctx.platform.costBreakdowns.byType(ctx.agent.id, input.days)),

  byHour: agentProcedure
    .input(z.object({ days: daysInput, timeZone: plainText({ max: 100 }) }))
    .query(({ ctx, input }) => ctx.platform.costBreakdowns.byHour(ctx.agent.id, input.days, input.timeZone)),

  bySession: agentProcedure
    .input(z.object({ days: daysInput }))
    .query(({ ctx, input }) => ctx.platform.sessions.dearest(ctx.agent.id, input.days)),

  period: agentProcedure
    .input(z.object({ period: periodInput }))
    .query(({ ctx, input }) => ctx.platform.costs.period(ctx.agent.id, input.period)),
});
