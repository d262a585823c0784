import { ratesInput, versionInput } from "#portal/api/limit-schemas.ts";
import { adminAgentProcedure, adminProcedure, agentProcedure, router } from "#portal/api/trpc.ts";

const setInput = versionInput.extend(ratesInput.shape);

/** Requests and tokens per minute. Owners read those of their agents; admins write. */
export const rateLimitsRouter = router({
  status: agentProcedure.query(({ ctx }) => ctx.platform.rateLimits.status(ctx.agent)),

  set: adminAgentProcedure.input(setInput).mutation(({ ctx, input }) => {
    const { id, name } = ctx.agent;
    return ctx.platform.rateLimits.set(ctx.actor, { scope: "agent", id, name }, input);
  }),

  clear: adminAgentProcedure
    .input(versionInput)
    .mutation(({ ctx, input }) => ctx.platform.rateLimits.clear(ctx.actor, ctx.agent, input.version)),

  defaults: adminProcedure.query(({ ctx }) => ctx.platform.rateLimits.defaults()),

  setDefaults: adminProcedure
    .input(setInput)
    .mutation(({ ctx, input }) => ctx.platform.rateLimits.set(ctx.actor, { scope: "default" }, input)),
});
