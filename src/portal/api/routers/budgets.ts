import { z } from "zod";

import { BUDGET_ACTIONS } from "#domain/budget.ts";
import { plainText } from "#portal/api/schemas.ts";
import { adminAgentProcedure, agentProcedure, router } from "#portal/api/trpc.ts";

const versionInput = z.object({ version: z.int().min(0).max(2_147_483_647) });

const setBudgetInput = versionInput.extend({
  daily: plainText({ max: 100 }).nullable(),
  monthly: plainText({ max: 100 }).nullable(),
  actionOnExceed: z.enum(BUDGET_ACTIONS, { error: "Choose what happens at the limit: block, warn or none." }),
});

/** Spending limits per agent. Owners read; only admins write. */
export const budgetsRouter = router({
  status: agentProcedure.query(({ ctx }) => ctx.platform.budgets.status(ctx.agent)),

  set: adminAgentProcedure
    .input(setBudgetInput)
    .mutation(({ ctx, input }) => ctx.platform.budgets.set(ctx.actor, ctx.agent, input)),

  clear: adminAgentProcedure
    .input(versionInput)
    .mutation(({ ctx, input }) => ctx.platform.budgets.clear(ctx.actor, ctx.agent, input.version)),
});
