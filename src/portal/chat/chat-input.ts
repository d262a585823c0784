import { z } from "zod";

import { MESSAGE_BYTES_MAX } from "#domain/chat-limits.ts";

const TOO_LONG = "A message has at most 1 MB. Put large material into a file of the agent's workspace.";

/** What is said to an agent. Other fields, such as Trinity's own, are passed over. */
export const chatInput = z.object({
  message: z
    .string({ error: "Write a message." })
    .refine((text) => text.trim() !== "", "Write a message.")
    .refine((text) => Buffer.byteLength(text) <= MESSAGE_BYTES_MAX, TOO_LONG),
  model: z
    .string({ error: "Name a model, or leave it out." })
    .regex(/^[\w.:@/[\]-]{1,200}$/, "There is no such model.")
    .nullish()
    .transform((model) => model ?? null),
});
