import { z } from "zod";

import { emailInput, idInput, plainText } from "#portal/api/schemas.ts";
import { adminProcedure, router } from "#portal/api/trpc.ts";

const channelInput = z.object({ id: z.int({ error: "There is no such channel." }).min(1).max(2_147_483_647) });
const contentInput = z.object({
  name: plainText({ max: 200 }),
  isEnabled: z.boolean(),
  addresses: z.array(emailInput).max(100, "Name fewer addresses.").default([]),
  /** Null: as it is. */
  url: plainText({ max: 4_000 }).nullable().default(null),
});
const kindInput = z.enum(["email", "slack", "webhook"], { error: "Choose e-mail, Slack or webhook." });
const versionInput = z.int().min(1).max(2_147_483_647);

/** On which channels people are warned, and what became of each message. For admins. */
export const notificationsRouter = router({
  channels: adminProcedure.query(async ({ ctx }) => ({
    channels: await ctx.platform.channels.list(),
    mail: ctx.platform.mail,
  })),

  create: adminProcedure
    .input(contentInput.extend({ kind: kindInput }))
    .mutation(({ ctx, input: { kind, ...content } }) => ctx.platform.channels.create(ctx.actor, kind, content)),

  update: adminProcedure
    .input(channelInput.extend({ version: versionInput, ...contentInput.shape }))
    .mutation(({ ctx, input: { id, version, ...content } }) =>
      ctx.platform.channels.update(ctx.actor, { id, version }, content),
    ),

  remove: adminProcedure
    .input(channelInput)
    .mutation(({ ctx, input }) => ctx.platform.channels.remove(ctx.actor, input.id)),

  test: adminProcedure
    .input(channelInput)
    .mutation(async ({ ctx, input }) => ({ outcomes: await ctx.platform.channels.test(ctx.actor, input.id) })),

  log: adminProcedure
    .input(
      z.object({
        channelId: z.int().nullable().default(null),
        cursor: idInput("There is no such message.").nullish(),
        limit: z.int().min(1).max(100).default(20),
      }),
    )
    .query(({ ctx, input }) => ctx.platform.channels.log({ ...input, cursor: input.cursor ?? null })),

  retry: adminProcedure
    .input(z.object({ id: idInput("There is no such message.") }))
    .mutation(({ ctx, input }) => ctx.platform.channels.retry(ctx.actor, input.id)),
});
