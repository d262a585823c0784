import { describe, expect, it } from "vitest";

import type { DayCheck } from "#portal/client/answers.ts";
import {
  agrees,
  callAddress,
  dayInput,
  differenceTexts,
  prepareReconciliation,
} from "#portal/ui/reconciliation/prepare-reconciliation.ts";

const NOW = new Date("2026-11-24T12:00:00Z");
const AGENT = {
  agentName: "builder",
  ledgerRequests: 10,
  ledgerCostNanoUsd: 5_000n,
  heliconeRequests: 9,
  heliconeCostNanoUsd: 4_000n,
  missingThere: 1,
  missingHere: 0,
  repeatedThere: 0,
  pricedDifferently: 0,
};
const GAP = {
  agentName: "builder",
  model: "claude-opus-4-8",
  reason: "unpriced" as const,
  requests: 2,
  ledgerCostNanoUsd: 900n,
  heliconeCostNanoUsd: 0n,
  requestId: "0198",
};
const check = (day: string, change: Partial<DayCheck> = {}): DayCheck => ({
  dayStart: new Date(`${day}T00:00:00Z`),
  checkedAt: new Date(`${day}T23:00:00Z`),
  checkedUntil: new Date(`${day}T22:55:00Z`),
  agents: [AGENT],
  priceGaps: [],
  ...change,
});

describe("ledger and Helicone side by side", () => {
  it("says that nothing is known where no day was compared: no zero", () => {
    const view = prepareReconciliation([], 3, NOW);
    expect(view).toMatchObject({ totals: null, rows: [], comparedAt: null });
    expect(view.unknownDays.map(dayInput)).toEqual(["2026-11-24", "2026-11-23", "2026-11-22"]);
  });

  it("sums the days that were compared, and names those that were not", () => {
    const view = prepareReconciliation([check("2026-11-24"), check("2026-11-22")], 3, NOW);
    expect(view.totals).toMatchObject({ ledgerRequests: 20, ledgerCostNanoUsd: 10_000n, missingThere: 2 });
    expect(view.unknownDays.map(dayInput)).toEqual(["2026-11-23"]);
    expect(view.missingDays.map(dayInput)).toEqual(["2026-11-24", "2026-11-22"]);
    expect(view.comparedAt).toEqual(new Date("2026-11-24T23:00:00Z"));
  });

  it("puts those with most calls missing first within a day", () => {
    const agents = [
      AGENT,
      { ...AGENT, agentName: "calm", missingThere: 0 },
      { ...AGENT, agentName: "lost", missingHere: 5 },
    ];
    const view = prepareReconciliation([check("2026-11-24", { agents })], 1, NOW);
    expect(view.rows.map(({ agentName }) => agentName)).toEqual(["lost", "builder", "calm"]);
  });

  it("gathers prices that differ by their reason, over agents and days", () => {
    const priceGaps = [GAP, { ...GAP, agentName: "other" }, { ...GAP, model: "claude-sonnet-5" }];
    const view = prepareReconciliation([check("2026-11-24", { priceGaps })], 1, NOW);
    expect(view.reasons).toEqual([
      {
        reason: "unpriced",
        text: "Helicone has no price for this model.",
        models: ["claude-opus-4-8", "claude-sonnet-5"],
        requests: 6,
        ledgerCostNanoUsd: 2_700n,
        heliconeCostNanoUsd: 0n,
      },
    ]);
    expect(view.rows[0]?.gaps).toHaveLength(2);
  });
});

it("differences are told in words, those of price last; a row without any agrees", () => {
  const row = { ...AGENT, missingThere: 1, missingHere: 2, repeatedThere: 3, pricedDifferently: 4 };
  expect(differenceTexts(row).map(({ text }) => text)).toEqual([
    "1 call missing in Helicone",
    "2 calls missing in our ledger",
    "3 calls in Helicone twice",
    "4 calls priced differently",
  ]);
  expect(agrees(row)).toBe(false);
  expect(agrees({ ...AGENT, missingThere: 0 })).toBe(true);
});

it("a call of the ledger is opened by the id that agents saw", () => {
  expect(callAddress("01a20de0-f7cd-75e6-a781-6283176a6218")).toBe(
    "/requests?call=req_01a20de0f7cd75e6a7816283176a6218",
  );
});
