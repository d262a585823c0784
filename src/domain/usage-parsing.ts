import type { IterationUsage, TokenUsage } from "#domain/token-usage.ts";

/** More than any context window by far: a larger number is a fault of the sender, not a count. */
const COUNT_MAX = 100_000_000;

const NOTHING: Record<string, unknown> = {};

/**
 * Reads Anthropic's `usage` object (snake_case, in a JSON answer, `message_start` or `message_delta`).
 *
 * A number that is negative, fractional, not finite or above 100,000,000 counts as not reported, and so does
 * anything that is not a number. Cache writes: the 1 h share is at most the flat total and the rest is 5 min;
 * a flat total alone is all 5 min, with the 1 h share unknown; shares alone are summed. Total: never throws.
 */
export function parseUsage(raw: unknown): TokenUsage {
  const usage = fieldsOf(raw);
  const [write5m, write1h] = parseCacheCreation(usage);
  return keepConsistent({
    inputTokens: countOf(usage.input_tokens),
    outputTokens: countOf(usage.output_tokens),
    cacheReadInputTokens: countOf(usage.cache_read_input_tokens),
    cacheCreation5mInputTokens: write5m,
    cacheCreation1hInputTokens: write1h,
    webSearchRequests: countOf(fieldsOf(usage.server_tool_use).web_search_requests),
    speed: usage.speed === "fast" ? "fast" : "standard",
    inferenceGeo: typeof usage.inference_geo === "string" ? usage.inference_geo : null,
    iterations: parseIterations(usage.iterations),
  });
}

/**
 * Adds what a later event of the same call reports. Counts are cumulative, so they replace and never add: a
 * count above 0 replaces the earlier one, even a larger one; 0 or nothing keeps it; a first 0 is a report.
 * The total of the cache writes follows the same rule when only it is repeated: the 1 h share is kept.
 */
export function mergeUsage(earlier: TokenUsage, later: TokenUsage): TokenUsage {
  const [write5m, write1h] = mergeCacheCreation(earlier, later);
  return keepConsistent({
    inputTokens: mergeCount(earlier.inputTokens, later.inputTokens),
    outputTokens: mergeCount(earlier.outputTokens, later.outputTokens),
    cacheReadInputTokens: mergeCount(earlier.cacheReadInputTokens, later.cacheReadInputTokens),
    cacheCreation5mInputTokens: write5m,
    cacheCreation1hInputTokens: write1h,
    webSearchRequests: mergeCount(earlier.webSearchRequests, later.webSearchRequests),
    speed: later.speed === "fast" ? "fast" : earlier.speed,
    inferenceGeo: later.inferenceGeo ?? earlier.inferenceGeo,
    iterations: later.iterations ?? earlier.iterations,
  });
}

/** Whether the iterations are known and account for every token of the totals, meter by meter. */
export function iterationsAddUp(usage: TokenUsage): boolean {
  if (usage.iterations === null) return false;
  const rest = {
    input: usage.inputTokens ?? 0,
    output: usage.outputTokens ?? 0,
    read: usage.cacheReadInputTokens ?? 0,
    written: (usage.cacheCreation5mInputTokens ?? 0) + (usage.cacheCreation1hInputTokens ?? 0),
  };
  for (const iteration of usage.iterations) {
    rest.input -= iteration.inputTokens;
    rest.output -= iteration.outputTokens;
    rest.read -= iteration.cacheReadInputTokens;
    rest.written -= iteration.cacheCreation5mInputTokens + iteration.cacheCreation1hInputTokens;
  }
  return rest.input === 0 && rest.output === 0 && rest.read === 0 && rest.written === 0;
}

function keepConsistent(usage: TokenUsage): TokenUsage {
  return usage.iterations === null || iterationsAddUp(usage) ? usage : { ...usage, iterations: null };
}

type CacheCreation = readonly [write5m: number | null, write1h: number | null];

function parseCacheCreation(usage: Record<string, unknown>): CacheCreation {
  const flat = countOf(usage.cache_creation_input_tokens);
  const split = fieldsOf(usage.cache_creation);
  const write5m = countOf(split.ephemeral_5m_input_tokens);
  const write1h = countOf(split.ephemeral_1h_input_tokens);
  if (flat === null) return [write5m ?? (write1h === null ? null : 0), write1h ?? (write5m === null ? null : 0)];
  if (flat === 0) return [0, 0];
  if (write1h === null) return [flat, write5m === null ? null : 0];
  return [flat - Math.min(write1h, flat), Math.min(write1h, flat)];
}

function mergeCacheCreation(earlier: TokenUsage, later: TokenUsage): CacheCreation {
  const total = mergeCount(writtenTokens(earlier), writtenTokens(later));
  const write1h = mergeCount(earlier.cacheCreation1hInputTokens, later.cacheCreation1hInputTokens);
  if (total === null || write1h === null) return [total, write1h];
  return [total - Math.min(write1h, total), Math.min(write1h, total)];
}

function writtenTokens({ cacheCreation5mInputTokens: write5m, cacheCreation1hInputTokens: write1h }: TokenUsage) {
  return write5m === null && write1h === null ? null : (write5m ?? 0) + (write1h ?? 0);
}

function parseIterations(raw: unknown): IterationUsage[] | null {
  if (!Array.isArray(raw)) return null;
  const messages = raw.map(fieldsOf).filter((entry) => entry.type === "message");
  const iterations = messages.map((entry) => {
    const [write5m, write1h] = parseCacheCreation(entry);
    return {
      inputTokens: countOf(entry.input_tokens) ?? 0,
      outputTokens: countOf(entry.output_tokens) ?? 0,
      cacheReadInputTokens: countOf(entry.cache_read_input_tokens) ?? 0,
      cacheCreation5mInputTokens: write5m ?? 0,
      cacheCreation1hInputTokens: write1h ?? 0,
    };
  });
  return iterations.length === 0 ? null : iterations;
}

function mergeCount(earlier: number | null, later: number | null): number | null {
  return later !== null && (later > 0 || earlier === null) ? later : earlier;
}

function countOf(value: unknown): number | null {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= COUNT_MAX ? value : null;
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : NOTHING; // any field may be missing: unknown
}
