import { z } from "zod";

import { adminProcedure, router } from "#portal/api/trpc.ts";

/** What is wrong with a number of days is for the rule to say. */
const keptInput = z.object({ keptDays: z.number({ error: "Write a number of days." }).nullable() });

/** How long single calls are kept. For admins. */
export const retentionRouter = router({
  get: adminProcedure.query(({ ctx }) => ctx.platform.retention.view()),

  preview: adminProcedure.input(keptInput).query(({ ctx, input }) => ctx.platform.retention.preview(input.keptDays)),

  set: adminProcedure.input(keptInput).mutation(async ({ ctx, input }) => {
    await ctx.platform.retention.set(ctx.actor, input.keptDays);
    void ctx.platform.pruning.run();
  }),
});
