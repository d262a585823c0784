import { z } from "zod";

import type { BudgetSubject, CountedSubject } from "#limits/budget-subject.ts";
import type { Platform } from "#platform.ts";
import { agentBudgets } from "#portal/api/agent-budgets.ts";
import { chosenAgents } from "#portal/api/chosen-agents.ts";
import { increaseInput, limitsInput, manyAgentsInput, rowIdInput, versionInput } from "#portal/api/limit-schemas.ts";
import { plainText } from "#portal/api/schemas.ts";
import { adminAgentProcedure, adminProcedure, agentProcedure, router } from "#portal/api/trpc.ts";

const poolInput = z.object({ scope: z.literal("pool"), poolId: rowIdInput });
const countedInput = z.discriminatedUnion("scope", [poolInput, z.object({ scope: z.literal("fleet") })]);
const sharedInput = z.discriminatedUnion("scope", [
  poolInput,
  z.object({ scope: z.literal("fleet") }),
  z.object({ scope: z.literal("default") }),
]);
const setInput = versionInput.extend(limitsInput.shape);
const timeZoneInput = z.object({ timeZone: plainText({ max: 100 }).default("UTC") });

/** Spending limits of agents, pools and the fleet. Owners read those of their agents and may ask for more; admins write. */
export const budgetsRouter = router({
  status: agentProcedure.query(({ ctx }) => agentBudgets(ctx.platform, ctx.actor, ctx.agent)),

  history: agentProcedure
    .input(timeZoneInput)
    .query(({ ctx, input }) => ctx.platform.budgets.history(subjectOf(ctx.agent), input.timeZone)),

  set: adminAgentProcedure.input(setInput).mutation(async ({ ctx, input }) => {
    await ctx.platform.budgetChanges.set(ctx.actor, subjectOf(ctx.agent), input);
    return ctx.platform.budgets.status(ctx.agent);
  }),

  clear: adminAgentProcedure.input(versionInput).mutation(async ({ ctx, input: { version } }) => {
    await ctx.platform.budgetChanges.follow(ctx.actor, [{ id: ctx.agent.id, name: ctx.agent.name, version }]);
    return ctx.platform.budgets.status(ctx.agent);
  }),

  /** What an adopted agent's template proposes, as long as the agent never had limits of its own: it is taken once. */
  template: adminAgentProcedure.query(async ({ ctx }) => {
    if (ctx.agent.runtime !== "adopted") return null;
    const { version } = await ctx.platform.budgets.status(ctx.agent);
    return version > 0 ? null : ctx.platform.templateBudget(ctx.agent.name);
  }),

  overview: adminProcedure.query(({ ctx }) => ctx.platform.budgets.overview()),

  setShared: adminProcedure
    .input(z.object({ subject: sharedInput, limits: setInput }))
    .mutation(async ({ ctx, input }) =>
      ctx.platform.budgetChanges.set(ctx.actor, await sharedOf(ctx.platform, input.subject), input.limits),
    ),

  sharedHistory: adminProcedure
    .input(timeZoneInput.extend({ subject: countedInput }))
    .query(async ({ ctx, input }) =>
      ctx.platform.budgets.history(await countedOf(ctx.platform, input.subject), input.timeZone),
    ),

  sharedIncreases: adminProcedure
    .input(z.object({ subject: countedInput }))
    .query(async ({ ctx, input }) => ctx.platform.increases.latest(await countedOf(ctx.platform, input.subject))),

  setMany: adminProcedure
    .input(z.object({ agents: manyAgentsInput, limits: limitsInput }))
    .mutation(async ({ ctx, input }) => {
      const chosen = await chosenAgents(ctx, input.agents);
      await ctx.platform.budgetChanges.setMany(ctx.actor, chosen.map(toChanged), input.limits);
    }),

  followMany: adminProcedure.input(z.object({ agents: manyAgentsInput })).mutation(async ({ ctx, input }) => {
    const chosen = await chosenAgents(ctx, input.agents);
    await ctx.platform.budgetChanges.follow(ctx.actor, chosen.map(toChanged));
  }),

  requestIncrease: agentProcedure
    .input(increaseInput)
    .mutation(({ ctx, input }) => ctx.platform.increases.request(ctx.actor, ctx.agent, input)),

  grant: adminAgentProcedure
    .input(increaseInput)
    .mutation(({ ctx, input }) => ctx.platform.increases.grant(ctx.actor, subjectOf(ctx.agent), input)),

  grantShared: adminProcedure
    .input(z.object({ subject: countedInput, increase: increaseInput }))
    .mutation(async ({ ctx, input }) =>
      ctx.platform.increases.grant(ctx.actor, await countedOf(ctx.platform, input.subject), input.increase),
    ),

  decide: adminProcedure
    .input(
      z.object({
        increaseId: rowIdInput,
        verdict: z.enum(["granted", "declined"], { error: "Grant it or decline it." }),
      }),
    )
    .mutation(({ ctx, input }) => ctx.platform.increases.decide(ctx.actor, input.increaseId, input.verdict)),

  endIncrease: adminProcedure
    .input(z.object({ increaseId: rowIdInput }))
    .mutation(({ ctx, input }) => ctx.platform.increases.end(ctx.actor, input.increaseId)),

  pause: adminAgentProcedure
    .input(z.object({ reason: plainText({ max: 1_000 }) }))
    .mutation(({ ctx, input }) => ctx.platform.pauses.pause(ctx.actor, ctx.agent, input.reason)),

  resume: adminAgentProcedure.mutation(({ ctx }) => ctx.platform.pauses.resume(ctx.actor, ctx.agent)),
});

function subjectOf({ id, name }: { id: number; name: string }): CountedSubject {
  return { scope: "agent", id, name };
}

function toChanged({ agent, version }: { agent: { id: number; name: string }; version: number }) {
  return { id: agent.id, name: agent.name, version };
}

async function countedOf(platform: Platform, input: z.infer<typeof countedInput>): Promise<CountedSubject> {
  if (input.scope === "fleet") return input;
  const { id, name } = await platform.pools.find(input.poolId);
  return { scope: "pool", id, name };
}

async function sharedOf(platform: Platform, input: z.infer<typeof sharedInput>): Promise<BudgetSubject> {
  return input.scope === "default" ? input : countedOf(platform, input);
}
