import { describe, expect, it } from "vitest";

import { type AlertFacts, toAlertDetail } from "#domain/alert.ts";
import { composeAlertMessage, composeTestMessage } from "#limits/alert-message.ts";

const PORTAL = "https://llm.example.com";
const FACTS: AlertFacts = {
  kind: "threshold",
  scope: "agent",
  agentName: "builder",
  poolName: null,
  period: "day",
  periodStart: new Date("2026-11-24T00:00:00Z"),
  thresholdPercent: 80,
  limit: 10_000_000_000n,
  spent: 9_007_199_254_740_993n,
  at: new Date("2026-11-24T12:00:00Z"),
  detail: toAlertDetail({ forecast: { limitReachedAt: "2026-11-24T15:40:00Z" } }),
  increase: null,
};
const INCREASE = {
  period: "day",
  amount: 5_000_000_000n,
  reason: "release",
  requestedByName: "Olga",
  endsAt: new Date("2026-11-25T00:00:00Z"),
} as const;

describe("the message of an alert", () => {
  it("has as its webhook's body what the documentation says, amounts exact", () => {
    expect(composeAlertMessage(1042n, FACTS, PORTAL).event).toEqual({
      type: "alert.threshold",
      alert_id: "1042",
      at: "2026-11-24T12:00:00.000Z",
      title: "builder has spent 80 % of its daily limit",
      scope: "agent",
      agent: "builder",
      pool: null,
      period: "day",
      period_start: "2026-11-24T00:00:00.000Z",
      threshold_percent: 80,
      limit_usd: "10",
      spent_usd: "9007199.254740993",
      reported: false,
      forecast: { limit_reached_at: "2026-11-24T15:40:00.000Z", period_end_usd: null },
      unrouted: null,
      paused: false,
      request: null,
      url: `${PORTAL}/agents/builder?tab=budget`,
    });
  });

  it("survives being kept as JSON", () => {
    const message = composeAlertMessage(1n, { ...FACTS, kind: "request", increase: INCREASE }, PORTAL);
    expect(JSON.parse(JSON.stringify(message))).toEqual(message);
    expect(message.event.request).toEqual({
      amount_usd: "5",
      period: "day",
      until: "2026-11-25T00:00:00.000Z",
      reason: "release",
      requested_by: "Olga",
    });
  });

  it("says how much went past the gateway, of how much", () => {
    const detail = toAlertDetail({ unrouted: { amount: "1200000000", reported: "10000000000" } });
    const { title, event } = composeAlertMessage(1n, { ...FACTS, kind: "unrouted", detail }, PORTAL);
    expect(title).toBe("12 % of builder's reported cost did not pass the gateway");
    expect(event).toMatchObject({ type: "alert.unrouted", unrouted: { amount_usd: "1.2", reported_usd: "10" } });
  });

  it.each([
    [{}, "/agents/builder?tab=budget"],
    [{ kind: "runaway" }, "/agents/builder?tab=budget"],
    [{ kind: "unrouted" }, "/agents/builder?tab=telemetry"],
    [{ kind: "request", increase: INCREASE }, "/alerts"],
    [{ scope: "pool", poolName: "research" }, "/budgets"],
    [{ scope: "fleet" }, "/budgets"],
    [{ agentName: null }, "/alerts"],
  ] as const)("leads to where something can be done about it (%#)", (change, address) => {
    expect(composeAlertMessage(1n, { ...FACTS, ...change }, PORTAL).link).toBe(`${PORTAL}${address}`);
  });
});

it("a test says that nothing has happened", () => {
  const message = composeTestMessage("Ops", FACTS.at, PORTAL);
  expect(message.figures[0]?.value).toContain("Nothing has happened.");
  expect(message.event).toMatchObject({ type: "test", title: "Test of the channel Ops" });
});
