import { toObject } from "#agent-server/json-value.ts";
import { MESSAGE_BYTES_MAX } from "#domain/chat-limits.ts";

/** What a caller may ask for. Other fields that Trinity's clients send are ignored. */
export type ChatRequest = { message: string; model: string | null };

export const MESSAGE_TOO_LONG = "The message is larger than 1 MB. Send a shorter one.";

/** An alias such as `sonnet`, or a model's id; never something that Claude Code would take for an option. */
const MODEL = /^[A-Za-z0-9][A-Za-z0-9._:/@[\]-]{0,127}$/;

/** The request in a JSON body, or what is wrong with it. */
export function parseChatRequest(body: unknown): ChatRequest | { problem: string; isTooLarge?: true } {
  const { message, model } = toObject(body);
  if (typeof message !== "string") return { problem: 'Send a JSON object with a text in "message".' };
  if (message.trim() === "") return { problem: "The message is empty." };
  if (Buffer.byteLength(message) > MESSAGE_BYTES_MAX) return { problem: MESSAGE_TOO_LONG, isTooLarge: true };
  if (model === undefined || model === null) return { message, model: null };
  if (typeof model !== "string" || !MODEL.test(model)) {
    return { problem: 'The "model" is not a name of a model, such as sonnet or claude-sonnet-5-5.' };
  }
  return { message, model };
}
