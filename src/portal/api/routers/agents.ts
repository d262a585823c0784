import { z } from "zod";

import { agentDetail, agentRows } from "#portal/api/agent-rows.ts";
import { idInput, plainText } from "#portal/api/schemas.ts";
import { adminAgentProcedure, adminProcedure, agentProcedure, router, signedInProcedure } from "#portal/api/trpc.ts";

const ownerIdInput = idInput("Choose the owner from the list.").nullable();
const typeInput = plainText({ max: 200 }).nullable();

const createAgentInput = z.object({
  name: plainText({ max: 200 }),
  ownerId: ownerIdInput.optional(),
  type: typeInput.optional(),
});

/** The agents that call the gateway. Admins make and change them; owners see their own. */
export const agentsRouter = router({
  list: signedInProcedure.query(async ({ ctx }) => ({ agents: await agentRows(ctx.platform, ctx.actor) })),

  get: agentProcedure.query(({ ctx }) => agentDetail(ctx.platform, ctx.actor, ctx.agent)),

  create: adminProcedure.input(createAgentInput).mutation(async ({ ctx, input }) => {
    const { agent, virtualKey } = await ctx.platform.agents.create(ctx.actor, input);
    return { agent: await agentDetail(ctx.platform, ctx.actor, agent), virtualKey };
  }),

  rotateKey: agentProcedure.mutation(({ ctx }) => ctx.platform.agents.rotateKey(ctx.actor, ctx.agent)),

  update: adminAgentProcedure
    .input(z.object({ ownerId: ownerIdInput, type: typeInput }))
    .mutation(async ({ ctx, input: { ownerId, type } }) => {
      const agent = await ctx.platform.agents.update(ctx.actor, ctx.agent, { ownerId, type });
      return agentDetail(ctx.platform, ctx.actor, agent);
    }),

  remove: adminAgentProcedure.mutation(({ ctx }) => ctx.platform.agents.remove(ctx.actor, ctx.agent)),

  connection: agentProcedure.query(async ({ ctx }) => {
    const { url, holdsAnthropicKey } = await ctx.platform.gateway.status();
    return { gatewayUrl: url, gatewayHoldsKey: holdsAnthropicKey };
  }),
});
