import { z } from "zod";
import { AGENT_ROUTINGS } from "#domain/agent.ts";

import { agentDetail } from "#portal/api/agent-rows.ts";
import { listedAgents, namedAgents } from "#portal/api/listed-agents.ts";
import { idInput, plainText } from "#portal/api/schemas.ts";
import { adminAgentProcedure, adminProcedure, agentProcedure, router, signedInProcedure } from "#portal/api/trpc.ts";
import { followLogs } from "#portal/live/follow-logs.ts";

const ownerIdInput = idInput("Choose the owner from the list.").nullable();
const typeInput = plainText({ max: 200 }).nullable();

/** Adopted containers are not made here. */
const placeInput = z.enum(["external", "process", "docker"], { error: "Choose where the agent runs." });

const routingInput = z.enum(AGENT_ROUTINGS, { error: "Choose where its calls go." });

/** It is in no answer and no log: it goes into the agent's environment and is forgotten. */
const credentialInput = z
  .object({
    kind: z.enum(["api_key", "oauth_token"], { error: "Choose what it pays with." }),
    value: z.string({ error: "Give the key or token." }).max(4_096, "This is no key or token of Anthropic's."),
  })
  .nullable();

const createAgentInput = z.object({
  name: plainText({ max: 200 }),
  runtime: placeInput.optional(),
  routing: routingInput.optional(),
  credential: credentialInput.optional(),
  ownerId: ownerIdInput.optional(),
  type: typeInput.optional(),
});

const searchInput = z.object({
  text: plainText({ max: 200 }),
  limit: z.int().min(1).max(20, "At most 20 agents at once.").default(8),
});

/** The agents that call the gateway. Admins make and change them; owners see their own. */
export const agentsRouter = router({
  list: signedInProcedure.query(async ({ ctx }) => ({ agents: await listedAgents(ctx.platform, ctx.actor) })),

  /** To choose one from: no sums. */
  names: signedInProcedure.query(async ({ ctx }) => ({ agents: await namedAgents(ctx.platform, ctx.actor) })),

  /** By a part of the name, for finding one of many: a few, those first that have it nearest to their beginning. */
  search: signedInProcedure
    .input(searchInput)
    .query(async ({ ctx, input }) => ({ agents: await ctx.platform.agents.search(ctx.actor, input) })),

  get: agentProcedure.query(({ ctx }) => agentDetail(ctx.platform, ctx.actor, ctx.agent)),

  create: adminProcedure.input(createAgentInput).mutation(async ({ ctx, input }) => {
    const { agent, virtualKey, problem } = await ctx.platform.fleet.create(ctx.actor, input);
    return { agent: await agentDetail(ctx.platform, ctx.actor, agent), virtualKey, problem };
  }),

  rotateKey: agentProcedure.mutation(({ ctx }) => ctx.platform.fleet.rotateKey(ctx.actor, ctx.agent)),

  update: adminAgentProcedure
    .input(z.object({ ownerId: ownerIdInput, type: typeInput }))
    .mutation(async ({ ctx, input: { ownerId, type } }) => {
      const agent = await ctx.platform.agents.update(ctx.actor, ctx.agent, { ownerId, type });
      return agentDetail(ctx.platform, ctx.actor, agent);
    }),

  /** Makes an agent of ours again, with another way for its calls. */
  setRouting: adminAgentProcedure
    .input(z.object({ routing: routingInput, credential: credentialInput }))
    .mutation(({ ctx, input: { routing, credential } }) =>
      ctx.platform.fleet.setRouting(ctx.actor, ctx.agent, { routing, credential }),
    ),

  /** Whether it is made to report what it does; null: as the settings say. In force when it is made again. */
  setTelemetry: adminAgentProcedure
    .input(z.object({ reports: z.boolean().nullable() }))
    .mutation(async ({ ctx, input }) => {
      const agent = await ctx.platform.agents.setTelemetry(ctx.actor, ctx.agent, input.reports);
      return agentDetail(ctx.platform, ctx.actor, agent);
    }),

  remove: adminAgentProcedure.mutation(({ ctx }) => ctx.platform.fleet.remove(ctx.actor, ctx.agent)),

  /** `hasHelicone`: whether agents can be sent straight to it. */
  places: adminProcedure.query(async ({ ctx }) => ({
    places: await ctx.platform.fleet.places(),
    hasHelicone: ctx.platform.hasHelicone(),
  })),

  state: agentProcedure.query(({ ctx }) => ctx.platform.fleet.state(ctx.agent)),

  /** How an adopted agent's container is routed; null for any other agent. */
  routing: agentProcedure.query(({ ctx }) =>
    ctx.agent.runtime === "adopted" ? ctx.platform.adoption.find(ctx.agent.name) : null,
  ),

  usage: agentProcedure.query(({ ctx }) => ctx.platform.fleet.usage(ctx.agent)),

  start: agentProcedure.mutation(({ ctx }) => ctx.platform.fleet.start(ctx.actor, ctx.agent)),

  stop: agentProcedure.mutation(({ ctx }) => ctx.platform.fleet.stop(ctx.actor, ctx.agent)),

  restart: agentProcedure.mutation(({ ctx }) => ctx.platform.fleet.restart(ctx.actor, ctx.agent)),

  logs: agentProcedure
    .input(z.object({ tail: z.int().min(0).max(1_000) }))
    .subscription(({ ctx, input, signal }) => followLogs(ctx, input.tail, signal)),

  connection: agentProcedure.query(async ({ ctx }) => {
    const { url, holdsAnthropicKey } = await ctx.platform.gateway.status();
    return { gatewayUrl: url, gatewayHoldsKey: holdsAnthropicKey };
  }),
});
