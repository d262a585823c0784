import { z } from "zod";
import { AGENT_ROUTINGS, isStoredAgentName, ROUTING_WAYS } from "#domain/agent.ts";
import { refusalOf } from "#portal/api/errors.ts";
import { adminProcedure, router } from "#portal/api/trpc.ts";

const containerInput = z.object({
  name: z.string({ error: "Name the agent." }).refine(isStoredAgentName, "There is no agent of that name."),
});

const routeInput = containerInput.extend({
  routing: z.enum(AGENT_ROUTINGS, { error: "Choose where its calls go." }).default("gateway"),
  way: z.enum(ROUTING_WAYS, { error: "Choose how it is told where the gateway is." }).default("container"),
});

/** Agents in containers that others made: seen, routed and given back. For admins: it makes their containers again. */
export const adoptionRouter = router({
  /** `problem`: why Docker cannot be asked; then nothing is known of containers, which is not the same as none. */
  list: adminProcedure.query(async ({ ctx }) => {
    try {
      return { candidates: await ctx.platform.adoption.list(), problem: null };
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal?.code !== "unavailable") throw error;
      return { candidates: [], problem: refusal.message };
    }
  }),

  preview: adminProcedure
    .input(routeInput)
    .query(({ ctx, input: { name, ...request } }) => ctx.platform.adoption.preview(name, request)),

  route: adminProcedure
    .input(routeInput)
    .mutation(({ ctx, input: { name, ...request } }) =>
      ctx.platform.adoption.route(ctx.actor, name, { ...request, includeSystem: true }),
    ),

  routeIdle: adminProcedure.mutation(async ({ ctx }) => ({
    results: await ctx.platform.adoption.routeIdle(ctx.actor),
  })),

  unroute: adminProcedure
    .input(containerInput)
    .mutation(({ ctx, input }) => ctx.platform.adoption.unroute(ctx.actor, input.name)),

  unrouteAll: adminProcedure.mutation(async ({ ctx }) => ({
    results: await ctx.platform.adoption.unrouteAll(ctx.actor),
  })),
});
