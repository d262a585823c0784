import { parseJson, toObject } from "../anthropic/json.ts";

/** Nano-USD per token: input, output, cache write, cache read. What the pinned version knows, and nothing newer. */
const PRICES: Record<string, readonly [number, number, number, number]> = {
  "claude-3-opus-20240229": [15_000, 75_000, 18_750, 1_500],
  "claude-3-sonnet-20240229": [3_000, 15_000, 3_750, 300],
  "claude-3-5-sonnet-20240620": [3_000, 15_000, 3_750, 300],
  "claude-3-5-sonnet-20241022": [3_000, 15_000, 3_750, 300],
  "claude-3-7-sonnet-20250219": [3_000, 15_000, 3_750, 300],
  "claude-sonnet-4-20250514": [3_000, 15_000, 3_750, 300],
  "claude-3-haiku-20240307": [250, 1_250, 312.5, 25],
  "claude-3-5-haiku-20241022": [800, 4_000, 1_000, 80],
  "claude-opus-4-20250514": [15_000, 75_000, 18_750, 1_500],
  "claude-opus-4-1-20250805": [15_000, 75_000, 18_750, 1_500],
};

export type PinnedUsage = {
  model: string;
  promptTokens: number;
  completionTokens: number;
  cacheWriteTokens: number;
  cacheReadTokens: number;
  /** Nano-USD, as ClickHouse stores it. */
  cost: number;
};

/** The models whose answers the pinned version reads at all. */
const READ_MODELS = /claude-3|claude-sonnet-4|claude-opus-4|claude-4/;

/**
 * What the pinned version makes of an answer: no tokens for models it does not read or where one count is 0, a price
 * for those it knows by their full name, cache writes at the five-minute price, and input as the stream began with.
 */
export function readPinnedUsage(answer: { body: string; requestModel: string; provider: string }): PinnedUsage {
  const { model, usage } = readAnswer(answer.body);
  const name = model ?? answer.requestModel;
  const count = (field: string) => Number(usage[field] ?? 0) || 0;
  const [promptTokens, completionTokens] = [count("input_tokens"), count("output_tokens")];
  const none = { model: name, promptTokens: 0, completionTokens: 0, cacheWriteTokens: 0, cacheReadTokens: 0, cost: 0 };
  if (!READ_MODELS.test(name) || promptTokens === 0 || completionTokens === 0) return none;
  const cacheWriteTokens = count("cache_creation_input_tokens");
  const cacheReadTokens = count("cache_read_input_tokens");
  const [input, output, write, read] = (answer.provider === "ANTHROPIC" ? PRICES[name] : undefined) ?? [0, 0, 0, 0];
  const cost = Math.round(
    promptTokens * input + completionTokens * output + cacheWriteTokens * write + cacheReadTokens * read,
  );
  return { model: name, promptTokens, completionTokens, cacheWriteTokens, cacheReadTokens, cost };
}

function readAnswer(body: string): { model: string | undefined; usage: Record<string, unknown> } {
  const message = parseJson(body);
  if (message !== undefined) return modelAndUsage(toObject(message));
  const events = body
    .split(/\r?\n/)
    .filter((line) => line.startsWith("data:"))
    .map((line) => toObject(parseJson(line.slice("data:".length))));
  const start = modelAndUsage(toObject(events.find((event) => event.type === "message_start")?.message));
  const end = toObject(events.findLast((event) => event.type === "message_delta")?.usage);
  return {
    model: start.model,
    usage: { ...start.usage, ...(end.output_tokens !== undefined && { output_tokens: end.output_tokens }) },
  };
}

function modelAndUsage(message: Record<string, unknown>): {
  model: string | undefined;
  usage: Record<string, unknown>;
} {
  return { model: typeof message.model === "string" ? message.model : undefined, usage: toObject(message.usage) };
}
