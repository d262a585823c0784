import { expect, test } from "vitest";

import { type LedgerCall, prepareRequestRow } from "#portal/ui/agent/prepare-request-row.ts";

const call: LedgerCall = {
  id: "req_1",
  admittedAt: new Date("2026-11-24T14:02:07Z"),
  model: "claude-opus-4-8",
  requestedModel: "claude-opus-4-8",
  outcome: "completed",
  status: 200,
  errorType: null,
  listCost: 81_600_000n,
  pricedAs: "list",
  isEstimated: false,
  usage: {
    inputTokens: 12,
    outputTokens: 640,
    cacheReadInputTokens: 20_000,
    cacheCreation5mInputTokens: 0,
    cacheCreation1hInputTokens: 300,
    webSearchRequests: 0,
  },
  latencyMs: 12_390,
  firstByteMs: 420,
  sessionId: "0b7c1f2e-9c5a-4a7e-8d6b-1a2b3c4d5e6f",
  subagentId: null,
  streamed: true,
  tags: { agentName: "reviewer", ownerName: "Olga", type: "coder", template: null },
};

const UNREPORTED: LedgerCall["usage"] = {
  inputTokens: null,
  outputTokens: null,
  cacheReadInputTokens: null,
  cacheCreation5mInputTokens: null,
  cacheCreation1hInputTokens: null,
  webSearchRequests: null,
};

test("a plain call carries no reservation", () => {
  expect(prepareRequestRow(call)).toMatchObject({
    outcome: { label: "completed", tone: "plain" },
    tokensIn: { text: "20.3K", note: "input 12 · cache read 20,000 · cache write 5 min 0 · cache write 1 h 300" },
    tokensOut: { text: "640" },
    cost: { text: "$0.08", note: null },
    exactCost: "$0.0816",
    priceFlag: null,
    modelNote: null,
    latency: { text: "12.4 s" },
    firstByte: { text: "420 ms" },
    session: { short: "0b7c1f2e" },
    subagentId: null,
  });
});

test("an estimate is marked on every figure it touches, with the reason", () => {
  const view = prepareRequestRow({ ...call, outcome: "incomplete", isEstimated: true });
  expect(view.cost.text).toBe("≈ $0.08");
  expect(view.cost.note).toMatch(/^Estimated/);
  expect(view.tokensOut.text).toBe("≈ 640");
  expect(view.outcome).toMatchObject({ label: "incomplete", tone: "near" });
});

test.each(["family", "dearest"] as const)("a price by %s is flagged", (pricedAs) => {
  expect(prepareRequestRow({ ...call, pricedAs }).priceFlag?.label).toBe(`${pricedAs} price`);
});

test("what nobody reported is unknown, not zero", () => {
  const view = prepareRequestRow({ ...call, usage: UNREPORTED, latencyMs: null, firstByteMs: null });
  expect([view.tokensIn.text, view.tokensOut.text, view.latency.text, view.firstByte.text]).toEqual([
    null,
    null,
    null,
    null,
  ]);
});

test("a sum of which a part is unknown is a lower bound, and its parts are told", () => {
  const view = prepareRequestRow({ ...call, usage: { ...call.usage, cacheCreation1hInputTokens: null } });
  expect(view.tokensIn).toMatchObject({ text: "≥ 20K", note: expect.stringContaining("cache write 1 h unknown") });
});

test("a call that was not charged says so", () => {
  const view = prepareRequestRow({ ...call, outcome: "failed", status: 529, pricedAs: "none", listCost: 0n });
  expect(view.cost).toEqual({ text: "$0.00", note: "Nothing was charged for this call." });
});

test("a refused call cost nothing, and that is known; the rest of it does not exist", () => {
  const view = prepareRequestRow({
    ...call,
    outcome: "refused",
    status: 402,
    errorType: "billing_error",
    pricedAs: "none",
    listCost: 0n,
    usage: UNREPORTED,
    latencyMs: null,
    firstByteMs: null,
  });
  expect([view.cost.text, view.tokensIn.text, view.tokensOut.text, view.latency.text]).toEqual([
    "$0.00",
    "–",
    "–",
    "–",
  ]);
  expect(view.outcome).toEqual({
    label: "refused 402",
    tone: "stop",
    note: "Not let through by the gateway; nothing was spent. (billing_error)",
  });
});

test("a model other than the one asked for says so", () => {
  expect(prepareRequestRow({ ...call, requestedModel: "opus" }).modelNote).toBe("Asked for opus.");
});

test("the tags are those of the call, and what there was none of is said", () => {
  expect(prepareRequestRow(call).tags).toBe("Olga · coder");
  const tags = { agentName: "reviewer", ownerName: null, type: null, template: "local:x" };
  expect(prepareRequestRow({ ...call, tags }).tags).toBe("no owner · no type · local:x");
  expect(prepareRequestRow({ ...call, tags: null }).tags).toBe("Not kept.");
});
