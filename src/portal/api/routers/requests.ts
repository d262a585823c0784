import { z } from "zod";

import { idInput, plainText } from "#portal/api/schemas.ts";
import { agentProcedure, router } from "#portal/api/trpc.ts";

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

/** Single calls of one agent, the newest first. */
export const requestsRouter = router({
  latest: agentProcedure.input(pageInput).query(({ ctx, input }) =>
    ctx.platform.requests.latest(ctx.agent.id, {
      limit: input.limit,
      cursor: input.cursor ?? null,
      filter: input.filter,
    }),
  ),
});
