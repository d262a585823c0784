import { z } from "zod";

import { CALL_SPANS } from "#domain/call-query.ts";
import { SESSION_SORTS } from "#domain/session-query.ts";
import { callScope } from "#portal/api/call-scope.ts";
import { plainText } from "#portal/api/schemas.ts";
import { router, signedInProcedure } from "#portal/api/trpc.ts";

const listInput = z.object({
  query: z.object({
    span: z.enum(CALL_SPANS, { error: "Choose a span from the list." }),
    sort: z.enum(SESSION_SORTS, { error: "Choose an order from the list." }),
    agentName: plainText({ max: 200 }).nullable(),
  }),
  limit: z.int().min(1).max(100, "At most 100 sessions at once.").default(50),
  cursor: z.string().max(700).nullish(),
});

const oneInput = z.object({ agentId: z.int().min(1).max(2_147_483_647), sessionId: plainText({ max: 200 }) });

/** Sessions of Claude Code: of all agents that the person may see. */
export const sessionsRouter = router({
  list: signedInProcedure
    .input(listInput)
    .query(async ({ ctx, input: { query, limit, cursor = null } }) =>
      ctx.platform.sessions.page(await callScope(ctx, query.agentName), query, { limit, cursor }),
    ),

  one: signedInProcedure
    .input(oneInput)
    .query(async ({ ctx, input }) => ctx.platform.sessions.one(await callScope(ctx), input.agentId, input.sessionId)),
});
