import { z } from "zod";

import { ALERT_KINDS } from "#domain/alert.ts";
import { router, signedInProcedure } from "#portal/api/trpc.ts";

const NO_SUCH_ALERT = "There is no such alert.";
const alertIdInput = z
  .string({ error: NO_SUCH_ALERT })
  .regex(/^\d{1,18}$/, NO_SUCH_ALERT)
  .transform(BigInt);

const listInput = z.object({
  kind: z.enum(ALERT_KINDS, { error: "There is no such kind of alert." }).nullable().default(null),
  agentName: z.string().max(200).nullable().default(null),
  cursor: alertIdInput.nullish(),
  limit: z.int().min(1).max(100).default(30),
});

/** Alerts: admins see all, owners those about their own agents. */
export const alertsRouter = router({
  list: signedInProcedure.input(listInput).query(async ({ ctx, input }) => {
    const page = await ctx.platform.alerts.list(ctx.actor, { ...input, cursor: input.cursor ?? null });
    return { ...page, nextCursor: page.nextCursor?.toString() ?? null };
  }),

  unread: signedInProcedure.query(({ ctx }) => ctx.platform.alerts.unread(ctx.actor)),

  markSeen: signedInProcedure
    .input(z.object({ upTo: alertIdInput }))
    .mutation(({ ctx, input }) => ctx.platform.alerts.markSeen(ctx.actor, input.upTo)),
});
