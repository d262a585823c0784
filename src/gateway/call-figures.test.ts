import { describe, expect, it } from "vitest";

import { callsOf, createCallFigures } from "#gateway/call-figures.ts";
import type { SettledCall } from "#ledger/call-record.ts";

const CALL: SettledCall = {
  id: "0198a1b2-0000-7000-8000-000000000001",
  agentId: 1,
  admittedAt: new Date(0),
  model: "claude-opus-5",
  requestedModel: "opus",
  sessionId: null,
  subagentId: null,
  promptId: null,
  upstreamRequestId: null,
  errorType: null,
  outcome: "completed",
  pricedAs: "list",
  listCost: 1_500_000_000n,
  inputTokens: 10,
  outputTokens: 300,
  cacheReadInputTokens: 7,
  cacheCreation5mInputTokens: null,
  cacheCreation1hInputTokens: 2,
  webSearchRequests: null,
  latencyMs: 1500,
  firstByteMs: 300,
  overheadUs: 120,
  status: 200,
  isStreamed: true,
  isEstimated: false,
  helicone: null,
};

describe("the figures of calls", () => {
  it("count a call once, by family, agent, outcome and status", () => {
    const figures = createCallFigures(10);
    figures.count(CALL);
    figures.count({ ...CALL, agentId: 2, outcome: "failed", status: 529, isStreamed: false, listCost: 0n });
    expect(callsOf(figures.families.opus)).toEqual([
      { outcome: "completed", isStreamed: true, status: "2xx", count: 1 },
      { outcome: "failed", isStreamed: false, status: "5xx", count: 1 },
    ]);
    expect(callsOf(figures.families.sonnet)).toEqual([]);
    expect(figures.families.opus.costNano).toBe(1.5e9);
    expect([...figures.families.opus.tokens]).toEqual([20, 600, 14, 0, 4]);
    expect(figures.agents.all().map(([id, { calls, costNano }]) => [id, calls, costNano])).toEqual([
      [1, 1, 1.5e9],
      [2, 1, 0],
    ]);
    expect(figures.overhead.read()).toMatchObject({ count: 2, sum: 0.00024 });
    expect(figures.families.opus.duration.read()).toMatchObject({ count: 2, sum: 3 });
  });

  it("do not count what nobody knows", () => {
    const figures = createCallFigures(10);
    figures.count({
      ...CALL,
      inputTokens: null,
      outputTokens: null,
      latencyMs: null,
      firstByteMs: null,
      overheadUs: null,
      status: null,
    });
    const { input, output, duration, firstToken } = figures.families.opus;
    expect([input, output, duration, firstToken, figures.overhead].map((each) => each.read().count)).toEqual([
      0, 0, 0, 0, 0,
    ]);
    expect(callsOf(figures.families.opus)[0]?.status).toBe("none");
  });

  it("tell so many agents apart, and no model by what it is called", () => {
    const figures = createCallFigures(2);
    for (let n = 0; n < 500; n += 1) figures.count({ ...CALL, agentId: n, model: `model-${n}` });
    expect(figures.agents.all().map(([id, { calls }]) => [id, calls])).toEqual([
      [0, 1],
      [1, 1],
      [null, 498],
    ]);
    expect(callsOf(figures.families.other)[0]?.count).toBe(500);
  });
});
