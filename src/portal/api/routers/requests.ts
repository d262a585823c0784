import { z } from "zod";

import { spanOf } from "#domain/call-query.ts";
import { callQueryInput } from "#portal/api/call-query-input.ts";
import { callScope } from "#portal/api/call-scope.ts";
import { idInput, plainText } from "#portal/api/schemas.ts";
import { agentProcedure, router, signedInProcedure } from "#portal/api/trpc.ts";

const words = plainText({ max: 200 }).optional();

/** Calls that have all of these in common. Owner, type and template are those that the agent had at the call. */
const filterInput = z.object({
  model: words,
  sessionId: words,
  subagentId: words,
  ownerId: idInput("Choose the owner from the list.").optional(),
  type: words,
  template: words,
});

const pageInput = z.object({
  limit: z.int().min(1).max(100, "At most 100 calls at once.").default(50),
  cursor: z.string().max(100).nullish(),
  filter: filterInput.default({}),
});

const searchInput = z.object({
  query: callQueryInput,
  limit: z.int().min(1).max(100, "At most 100 calls at once.").default(50),
  cursor: z.string().max(200).nullish(),
});

/** Single calls: of one agent, the newest first; and of all that the person may see, in any order. */
export const requestsRouter = router({
  search: signedInProcedure
    .input(searchInput)
    .query(async ({ ctx, input: { query, limit, cursor = null } }) =>
      ctx.platform.callSearch.page(await callScope(ctx, query.filter.agentName), query, { limit, cursor }),
    ),

  newer: signedInProcedure
    .input(z.object({ query: callQueryInput, asOf: z.date() }))
    .query(async ({ ctx, input: { query, asOf } }) =>
      ctx.platform.callSearch.newer(await callScope(ctx, query.filter.agentName), query, asOf),
    ),

  one: signedInProcedure
    .input(z.object({ requestId: z.string().max(100) }))
    .query(async ({ ctx, input }) => ctx.platform.callSearch.one(await callScope(ctx), input.requestId)),

  durations: signedInProcedure
    .input(z.object({ span: callQueryInput.shape.span, of: plainText({ max: 200 }).nullable() }))
    .query(async ({ ctx, input }) =>
      ctx.platform.callDurations.over(await callScope(ctx, input.of), spanOf(input.span, ctx.platform.clock())),
    ),

  models: signedInProcedure.query(async ({ ctx }) => ctx.platform.callSearch.models(await callScope(ctx))),

  latest: agentProcedure.input(pageInput).query(({ ctx, input }) =>
    ctx.platform.requests.latest(ctx.agent.id, {
      limit: input.limit,
      cursor: input.cursor ?? null,
      filter: input.filter,
    }),
  ),
});
