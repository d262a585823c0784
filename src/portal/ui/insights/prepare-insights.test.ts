import { describe, expect, it } from "vitest";

import type { Insight } from "#domain/insights.ts";
import { callQueryOf } from "#portal/client/call-address.ts";
import { prepareInsights } from "#portal/ui/insights/prepare-insights.ts";

const span = { start: new Date("2026-03-09T00:00:00.000Z"), end: new Date("2026-03-16T00:00:00.000Z") };
const tuesday = new Date("2026-03-10T00:00:00.000Z");

const SENTENCES: [Insight, string][] = [
  [
    { kind: "unread-writes", share: 0.42, cost: 2_100_000_000n },
    "42 % of the cost is cache writes that were never read: at least $2.10.",
  ],
  [{ kind: "subagents", share: 0.6, cost: 3_000_000_000n }, "60 % of the cost is made by sub-agents: $3.00."],
  [{ kind: "heavy-calls", count: 12, cost: 1_000_000_000n }, "12 calls were over 150k tokens and cost $1.00."],
  [{ kind: "heavy-calls", count: 1, cost: 0n }, "1 call was over 150k tokens and cost $0.00."],
  [
    { kind: "cache-fell", before: 0.8, after: 0.35, since: tuesday },
    "35 % of prompts came from the cache since 10 Mar, 80 % before.",
  ],
  [
    { kind: "dear-day", dayStart: tuesday, times: 4.04, cost: 9_000_000_000n },
    "$9.00 on 10 Mar: 4.0 times a usual day.",
  ],
  [{ kind: "failed", share: 0.03, count: 30 }, "3.0 % of calls failed upstream: 30 calls."],
  [{ kind: "refused", count: 11 }, "11 calls were refused by a budget, a rate limit or a pause."],
];

describe("an insight", () => {
  it.each(SENTENCES)("$kind is a sentence with its figure", (insight, sentence) => {
    const [line] = prepareInsights({ insights: [insight], span }, null);
    expect(`${line?.figure} ${line?.text}`).toBe(sentence);
  });

  it.each(SENTENCES)("$kind leads to the calls it speaks of, of this agent alone", (insight) => {
    const [line] = prepareInsights({ insights: [insight], span }, "builder");
    const { span: shown, filter } = callQueryOf(new URL(line?.href ?? "", "http://localhost").searchParams);
    const start = insight.kind === "cache-fell" || insight.kind === "dear-day" ? tuesday : span.start;
    expect(shown).toMatchObject({ start });
    expect(filter.agentName).toBe("builder");
    expect(filter.tokensMin).toBe(insight.kind === "heavy-calls" ? 150_001 : null);
    expect(filter.outcome).toBe({ failed: "failed", refused: "refused" }[insight.kind as string] ?? null);
  });
});
