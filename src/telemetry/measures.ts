import type { Attributes } from "#telemetry/attributes.ts";

/**
 * What is summed of what agents report, each in a unit of its own: nano-USD (cost, direct_cost, event_cost), tokens,
 * milliseconds (active_*_ms), or a count. `direct_cost` is the part of `cost` that an agent reported while its calls did not
 * go through the gateway: nobody else counts it. `event_cost` is the same money again, told call by call.
 */
export const MEASURES = [
  ...["cost", "direct_cost", "event_cost"],
  ...["tokens_input", "tokens_output", "tokens_cache_read", "tokens_cache_creation"],
  ...["sessions", "lines_added", "lines_removed", "commits", "pull_requests", "active_cli_ms", "active_user_ms"],
  ...["edit_decisions", "tool_decisions", "tool_uses", "tool_failures", "api_requests", "api_errors", "prompts"],
] as const;

/** An amount of a measure; `detail` says which model, tool or decision, and is empty where there is no such part. */
export type Amount = { measure: string; detail: string; amount: bigint };

/** Which measure a metric's data point belongs to, and how many of its units one of the metric's is. */
export type MetricMeasure = { measure: string; detail: string; scale: number };

const DETAIL_LENGTH_MAX = 100;
const NANO = 1_000_000_000;
const MS = 1_000;

const TOKEN_TYPES: Readonly<Record<string, string>> = {
  input: "tokens_input",
  output: "tokens_output",
  cacheRead: "tokens_cache_read",
  cacheCreation: "tokens_cache_creation",
};

/** Null: a metric, or a kind of it, that is not summed. */
export function measureOf(metric: string, attributes: Attributes): MetricMeasure | null {
  const type = attributes.get("type") ?? "";
  const one = (measure: string, detail = "", scale = 1): MetricMeasure => ({ measure, detail, scale });
  switch (metric) {
    case "claude_code.cost.usage":
      return one("cost", detailOf(attributes.get("model")), NANO);
    case "claude_code.token.usage": {
      const measure = TOKEN_TYPES[type];
      return measure === undefined ? null : one(measure, detailOf(attributes.get("model")));
    }
    case "claude_code.session.count":
      return one("sessions");
    case "claude_code.lines_of_code.count":
      return type === "added" || type === "removed" ? one(`lines_${type}`) : null;
    case "claude_code.commit.count":
      return one("commits");
    case "claude_code.pull_request.count":
      return one("pull_requests");
    case "claude_code.active_time.total":
      return one(type === "user" ? "active_user_ms" : "active_cli_ms", "", MS);
    case "claude_code.code_edit_tool.decision":
      return one("edit_decisions", decisionOf(attributes));
    default:
      return null;
  }
}

/** "accept Edit": what was decided, and about which tool. */
export function decisionOf(attributes: Attributes): string {
  const tool = attributes.get("tool_name") ?? attributes.get("tool") ?? "";
  return detailOf(`${attributes.get("decision") ?? "unknown"} ${tool}`.trim());
}

/** Text from outside as a table keeps it. */
export function detailOf(text: string | undefined): string {
  return (text ?? "")
    .replace(/[\p{Cc}\p{Cs}]/gu, "")
    .trim()
    .slice(0, DETAIL_LENGTH_MAX);
}
