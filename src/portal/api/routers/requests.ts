import { z } from "zod";

import { agentProcedure, router } from "#portal/api/trpc.ts";

const pageInput = z.object({
  limit: z.int().min(1).max(100, "At most 100 calls at once.").default(50),
  cursor: z.string().max(100).nullish(),
});

/** Single calls of one agent, the newest first. */
export const requestsRouter = router({
  latest: agentProcedure
    .input(pageInput)
    .query(({ ctx, input }) =>
      ctx.platform.requests.latest(ctx.agent.id, { limit: input.limit, cursor: input.cursor ?? null }),
    ),
});
