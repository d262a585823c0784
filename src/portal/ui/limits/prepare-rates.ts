import { rateProblem } from "#domain/limit-rules.ts";
import { formatCount } from "#portal/ui/format/counts.ts";

type Rates = { requestsPerMinute: number | null; tokensPerMinute: number | null };

/** Limits per minute as they stand in the form: empty for none. */
export type RatesDraft = { requests: string; tokens: string };

/** The form's content for what is saved. */
export function toRatesDraft({ requestsPerMinute, tokensPerMinute }: Rates): RatesDraft {
  return { requests: requestsPerMinute?.toString() ?? "", tokens: tokensPerMinute?.toString() ?? "" };
}

/** What is wrong with a limit as typed; null when it can be saved. */
export function rateDraftProblem(unit: "requests" | "tokens", text: string): string | null {
  return rateProblem(unit, toRate(text));
}

/** A limit as the server takes it; what is no number is NaN, which the rule refuses. */
export function toRate(text: string): number | null {
  const typed = text.trim();
  if (typed === "") return null;
  return /^-?\d+(\.\d+)?$/.test(typed) ? Number(typed) : Number.NaN;
}

/** "60 requests and 100,000 tokens a minute", or that nothing is limited. */
export function ratesText({ requestsPerMinute, tokensPerMinute }: Rates): string {
  const parts = [
    requestsPerMinute === null
      ? null
      : `${formatCount(requestsPerMinute)} ${requestsPerMinute === 1 ? "request" : "requests"}`,
    tokensPerMinute === null ? null : `${formatCount(tokensPerMinute)} tokens`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? "not limited" : `${parts.join(" and ")} a minute`;
}

/** One rate, ready to draw. `fillPercent` (0 to 100) is null without a limit. */
export type RateView = {
  fillPercent: number | null;
  tone: "plain" | "near" | "stop";
  words: string;
  remaining: string;
};

const NEAR_PERCENT = 80;

/** How much of a rate is used: bar, tone, and the same in words. */
export function prepareRate(unit: "requests" | "tokens", used: number, limit: number | null): RateView {
  if (limit === null) {
    return { fillPercent: null, tone: "plain", words: `${formatCount(used)} ${unit}, no limit`, remaining: "" };
  }
  const percent = Math.floor((used * 100) / limit);
  return {
    fillPercent: Math.min(100, percent),
    tone: toneOf(percent),
    words: `${formatCount(used)} of ${formatCount(limit)} ${unit}`,
    remaining: `${formatCount(Math.max(0, limit - used))} left`,
  };
}

function toneOf(percent: number): RateView["tone"] {
  if (percent >= 100) return "stop";
  return percent >= NEAR_PERCENT ? "near" : "plain";
}
