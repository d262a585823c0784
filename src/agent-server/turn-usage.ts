import { type JsonObject, toNumber, toObject } from "#agent-server/json-value.ts";

/** What one turn took, summed over models. */
export type TurnUsage = {
  /** Null when Claude Code does not say. */
  costUsd: number | null;
  inputTokens: number;
  outputTokens: number;
  cacheCreationTokens: number;
  cacheReadTokens: number;
  /** Of the turn's own model, else the largest there was; null when not told. */
  contextWindow: number | null;
};

/**
 * The usage of this turn alone from Claude Code's closing line. Its total is that of the whole session in newer
 * versions; what it lists by model since the last result is always of this turn, and so is, in a process of its own,
 * the list of a version that knows only one.
 */
export function turnUsage(result: JsonObject, model: string | null): TurnUsage {
  const listed = result.model_usage_since_last_result ?? result.modelUsage;
  const models = Object.entries(toObject(listed)).map(([name, usage]) => ({ name, usage: toObject(usage) }));
  const sum = (field: string) => models.reduce((total, { usage }) => total + (toNumber(usage[field]) ?? 0), 0);
  const windows = models.flatMap(({ name, usage }) => {
    const contextWindow = toNumber(usage.contextWindow);
    return contextWindow === null ? [] : [{ name, contextWindow }];
  });
  const own = windows.find(({ name }) => name === model);
  return {
    costUsd: listed === undefined ? null : wholeNanoUsd(sum("costUSD")),
    inputTokens: sum("inputTokens"),
    outputTokens: sum("outputTokens"),
    cacheCreationTokens: sum("cacheCreationInputTokens"),
    cacheReadTokens: sum("cacheReadInputTokens"),
    contextWindow:
      own?.contextWindow ?? (windows.length === 0 ? null : Math.max(...windows.map((w) => w.contextWindow))),
  };
}

/** How full the context is after a call, from its closing counts; null when they are not there. */
export function contextTokens(usage: unknown): number | null {
  const counts = toObject(usage);
  const parts = ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens"];
  const known = parts.map((part) => toNumber(counts[part])).filter((count) => count !== null);
  return known.length === 0 ? null : known.reduce((total, count) => total + count, 0);
}

/** Sums of fractions are a little off; no price is as small as that. */
export function wholeNanoUsd(usd: number): number {
  return Math.round(usd * 1e9) / 1e9;
}
