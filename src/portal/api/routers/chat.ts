import { z } from "zod";

import { PROCEDURE_ACCESS } from "#portal/api/access.ts";
import { agentProcedure, router } from "#portal/api/trpc.ts";
import { toAnswerBody } from "#portal/chat/answer-body.ts";
import { chatInput } from "#portal/chat/chat-input.ts";
import { chatRefusedError } from "#portal/chat/chat-refused-error.ts";
import { guardChat } from "#portal/chat/guarded-chat.ts";

/** Talking to agents. The page itself streams over `POST /api/agents/{name}/chat`; both take the same way in. */
export const chatRouter = router({
  send: agentProcedure.input(chatInput).mutation(async ({ ctx, input, signal }) => {
    const guarded = await guardChat({
      platform: ctx.platform,
      access: PROCEDURE_ACCESS["chat.send"],
      caller: async () => ({ actor: ctx.actor, apiKeyId: null }),
      agentName: ctx.agent.name,
      message: async () => ({ message: input.message, model: input.model }),
      isStreamed: false,
      signal: signal ?? new AbortController().signal,
    });
    if ("refusal" in guarded) throw chatRefusedError(guarded.refusal);
    for await (const event of guarded.turn) {
      if (event.type === "refused") throw chatRefusedError(event.refusal);
      if (event.type === "answered") return toAnswerBody(event.answer, event.turnId);
    }
    throw new Error("a turn ends with an answer or a refusal");
  }),

  turns: agentProcedure
    .input(z.object({ limit: z.int().min(1).max(50) }))
    .query(async ({ ctx, input }) => ({ turns: await ctx.platform.chatTurns.latest(ctx.agent.id, input.limit) })),
});
