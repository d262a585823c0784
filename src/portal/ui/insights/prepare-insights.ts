import { ANY_CALL, type CallFilter, type CallQuery } from "#domain/call-query.ts";
import { HEAVY_TOKENS, type Insight } from "#domain/insights.ts";
import { formatUsd } from "#domain/money.ts";
import type { Span } from "#domain/period.ts";
import { callQueryText } from "#portal/client/call-address.ts";
import { countOf, formatShare } from "#portal/ui/format/counts.ts";
import { utcDay } from "#portal/ui/format/instants.ts";

/** A sentence in three parts, its figure in the middle or in front, and where one sees what it is about. */
export type InsightLine = { key: string; figure: string; text: string; href: string; linkText: string };

type Found = { insights: readonly Insight[]; span: Span };

const DAY_MS = 86_400_000;

/** Insights as sentences. `agentName`: they are about this one; null: about all that the person sees. */
export function prepareInsights({ insights, span }: Found, agentName: string | null): InsightLine[] {
  return insights.map((insight) => ({
    key: insight.kind,
    ...sentenceOf(insight),
    ...linkOf(insight, { span, agentName }),
  }));
}

function sentenceOf(insight: Insight): Pick<InsightLine, "figure" | "text"> {
  switch (insight.kind) {
    case "unread-writes":
      return {
        figure: formatShare(insight.share, 1),
        text: `of the cost is cache writes that were never read: at least ${formatUsd(insight.cost)}.`,
      };
    case "subagents":
      return {
        figure: formatShare(insight.share, 1),
        text: `of the cost is made by sub-agents: ${formatUsd(insight.cost)}.`,
      };
    case "heavy-calls":
      return {
        figure: countOf(insight.count, "call"),
        text: `${wasOrWere(insight.count)} over 150k tokens and cost ${formatUsd(insight.cost)}.`,
      };
    case "dear-day":
      return {
        figure: formatUsd(insight.cost),
        text: `on ${utcDay(insight.dayStart)}: ${timesText(insight.times)} times a usual day.`,
      };
    case "cache-fell":
      return {
        figure: formatShare(insight.after, 1),
        text: `of prompts came from the cache since ${utcDay(insight.since)}, ${formatShare(insight.before, 1)} before.`,
      };
    case "failed":
      return {
        figure: formatShare(insight.share, 1),
        text: `of calls failed upstream: ${countOf(insight.count, "call")}.`,
      };
    case "refused":
      return {
        figure: countOf(insight.count, "call"),
        text: `${wasOrWere(insight.count)} refused by a budget, a rate limit or a pause.`,
      };
  }
}

type Narrowed = Partial<CallFilter> & { within?: Span };
type View = { span: Span; agentName: string | null };

/** The list of calls in which one sees it. */
function linkOf(insight: Insight, { span, agentName }: View): Pick<InsightLine, "href" | "linkText"> {
  const calls = (linkText: string, sort: CallQuery["sort"], { within = span, ...filter }: Narrowed = {}) => ({
    linkText,
    href: `/requests?${callQueryText({ span: within, sort, filter: { ...ANY_CALL, agentName, ...filter } })}`,
  });
  switch (insight.kind) {
    case "unread-writes":
      return calls("Calls that missed the cache", "lowest-cache-hit");
    case "subagents":
      return calls("The dearest calls", "dearest");
    case "heavy-calls":
      return calls("The heavy calls", "most-tokens", { tokensMin: HEAVY_TOKENS + 1 });
    case "dear-day":
      return calls("That day’s dearest calls", "dearest", { within: dayOf(insight.dayStart) });
    case "cache-fell":
      return calls("Calls that missed it since", "lowest-cache-hit", {
        within: { start: insight.since, end: span.end },
      });
    case "failed":
      return calls("Failed calls", "newest", { outcome: "failed" });
    case "refused":
      return calls("Refused calls", "newest", { outcome: "refused" });
  }
}

function wasOrWere(count: number): string {
  return count === 1 ? "was" : "were";
}

function dayOf(start: Date): Span {
  return { start, end: new Date(start.getTime() + DAY_MS) };
}

function timesText(times: number): string {
  return times < 10 ? times.toFixed(1) : String(Math.round(times));
}
