import { z } from "zod";

import { chosenAgents } from "#portal/api/chosen-agents.ts";
import { rowIdInput } from "#portal/api/limit-schemas.ts";
import { plainText } from "#portal/api/schemas.ts";
import { adminProcedure, router } from "#portal/api/trpc.ts";

const nameInput = plainText({ max: 200 });
const moveInput = z.object({
  poolId: rowIdInput.nullable(),
  agents: z
    .array(z.object({ agentName: plainText({ max: 200 }), seenPoolId: rowIdInput.nullable() }))
    .min(1, "Choose at least one agent.")
    .max(2_000, "Choose at most 2000 agents at once."),
});

/** Named groups of agents with one budget over all of them. */
export const poolsRouter = router({
  create: adminProcedure
    .input(z.object({ name: nameInput }))
    .mutation(({ ctx, input }) => ctx.platform.pools.create(ctx.actor, input.name)),

  rename: adminProcedure
    .input(z.object({ poolId: rowIdInput, seenName: nameInput, name: nameInput }))
    .mutation(({ ctx, input }) => ctx.platform.pools.rename(ctx.actor, input.poolId, input)),

  remove: adminProcedure
    .input(z.object({ poolId: rowIdInput }))
    .mutation(({ ctx, input }) => ctx.platform.pools.remove(ctx.actor, input.poolId)),

  move: adminProcedure.input(moveInput).mutation(async ({ ctx, input }) => {
    const chosen = await chosenAgents(ctx, input.agents);
    const moves = chosen.map(({ agent, seenPoolId }) => ({ agentId: agent.id, agentName: agent.name, seenPoolId }));
    await ctx.platform.pools.move(ctx.actor, moves, input.poolId);
  }),
});
