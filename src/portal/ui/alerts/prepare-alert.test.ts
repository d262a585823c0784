import { expect, test } from "vitest";

import { toAlertDetail } from "#domain/alert.ts";
import type { Alert } from "#portal/client/answers.ts";
import { prepareAlert } from "#portal/ui/alerts/prepare-alert.ts";

function alertWith(facts: Partial<Alert["facts"]>, hasAgentPage = true): Alert {
  return {
    id: 7n,
    facts: {
      kind: "threshold",
      scope: "agent",
      agentName: "builder",
      poolName: null,
      period: "day",
      periodStart: new Date("2026-11-24T00:00:00Z"),
      thresholdPercent: 80,
      limit: 10_000_000_000n,
      spent: 8_120_000_000n,
      at: new Date("2026-11-24T12:00:00Z"),
      detail: toAlertDetail(null),
      increase: null,
      ...facts,
    },
    hasAgentPage,
    increase: null,
    messages: { pending: 0, delivered: 0, failed: 0 },
    isUnread: true,
  };
}

test("the agent is in the headline, and not among the figures again", () => {
  const { headline, figures, summary } = prepareAlert(alertWith({}));
  expect(headline).toBe("builder has spent 80 % of its daily limit");
  expect(figures.map(({ label }) => label)).toEqual(["Period", "Spent", "Limit"]);
  expect(summary).toBe("Spent $8.12 · Limit $10.00");
});

test.each([
  [{ thresholdPercent: 50 }, "calm"],
  [{ thresholdPercent: 80 }, "near"],
  [{ thresholdPercent: 99 }, "near"],
  [{ thresholdPercent: 100 }, "stop"],
  [{ kind: "runaway", thresholdPercent: null }, "stop"],
  [{ kind: "repetition", thresholdPercent: null }, "stop"],
  [{ kind: "request" }, "calm"],
  [{ kind: "unrouted", thresholdPercent: null }, "near"],
] as const)("%j is %s", (facts, tone) => {
  expect(prepareAlert(alertWith(facts)).tone).toBe(tone);
});

test("leads to the agent's budget, while there is such a page, or to everybody's", () => {
  expect(prepareAlert(alertWith({ agentName: "a.b" })).href).toBe("/agents/a.b?tab=budget");
  expect(prepareAlert(alertWith({ kind: "unrouted" })).href).toBe("/agents/builder?tab=telemetry");
  expect(prepareAlert(alertWith({}, false)).href).toBeNull();
  expect(prepareAlert(alertWith({ scope: "pool", poolName: "p" })).href).toBe("/budgets");
});
