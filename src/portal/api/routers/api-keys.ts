import { z } from "zod";

import { idInput, plainText } from "#portal/api/schemas.ts";
import { router, signedInProcedure } from "#portal/api/trpc.ts";

const createKeyInput = z.object({
  name: plainText({ max: 200 }),
  scopes: z.array(z.enum(["costs:read", "chat", "limits:write"], { error: "There is no such scope." })).max(10),
});

/** The caller's own API keys. */
export const apiKeysRouter = router({
  list: signedInProcedure.query(async ({ ctx }) => ({ keys: await ctx.platform.apiKeys.list(ctx.actor) })),

  create: signedInProcedure
    .input(createKeyInput)
    .mutation(({ ctx, input }) => ctx.platform.apiKeys.create(ctx.actor, input)),

  revoke: signedInProcedure
    .input(z.object({ id: idInput("There is no such key.") }))
    .mutation(({ ctx, input }) => ctx.platform.apiKeys.revoke(ctx.actor, input.id)),
});
