/** A message to an agent, in bytes of UTF-8: a megabyte, for the portal and for the agent's own server alike. */
export const MESSAGE_BYTES_MAX = 1024 * 1024;

/** The JSON that carries the longest message: some characters are written with six. */
export const CHAT_BODY_BYTES_MAX = 6 * MESSAGE_BYTES_MAX + 10_000;
