import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { BUILT_IN_PRICE_LIST } from "#domain/price-list.ts";
import { UNREPORTED_USAGE } from "#domain/token-usage.ts";
import { type Ending, refuseCall, settleCall } from "#gateway/settlement.ts";
import type { Metered } from "#gateway/usage-meter.ts";
import { openCall } from "#testing/calls.ts";

const TIMING = { latencyMs: 12, firstByteMs: 3, overheadUs: 400 };
const NOTHING: Metered = {
  usage: UNREPORTED_USAGE,
  model: null,
  streamedCharacters: 0,
  isComplete: false,
  errorType: null,
};
const STARTED: Metered = {
  ...NOTHING,
  model: "claude-sonnet-5-5",
  usage: { ...UNREPORTED_USAGE, inputTokens: 1_000, outputTokens: 1 },
  streamedCharacters: 401,
};
const COMPLETE: Metered = { ...STARTED, usage: { ...STARTED.usage, outputTokens: 50 }, isComplete: true };

function settle(ending: Ending, metered: Metered, upstreamRequestId: string | null = "req_u") {
  return settleCall({ call: openCall(1), ending, metered, timing: TIMING, upstreamRequestId }, BUILT_IN_PRICE_LIST);
}

const ended = (status: number): Ending => ({ kind: "ended", status });
const cut = (status: number | null): Ending => ({ kind: "cut", status, errorType: "client_disconnected" });
const UNSENT: Ending = { kind: "unsent", errorType: "upstream_unreachable" };

describe("how a call ends", () => {
  it.each<[string, Ending, Metered, string, string | null]>([
    ["answered in full", ended(200), COMPLETE, "completed", null],
    ["answered in full, and cut afterwards", cut(200), COMPLETE, "completed", null],
    ["cut in the middle", cut(200), STARTED, "incomplete", "client_disconnected"],
    ["cut before the answer", cut(null), NOTHING, "incomplete", "client_disconnected"],
    ["ended without its last counts", ended(200), STARTED, "incomplete", null],
    [
      "ended with an error in the middle",
      ended(200),
      { ...STARTED, errorType: "overloaded_error" },
      "incomplete",
      "overloaded_error",
    ],
    ["answered with nothing", ended(200), NOTHING, "incomplete", null],
    ["answered with an error's body", ended(200), { ...NOTHING, errorType: "api_error" }, "failed", "api_error"],
    [
      "refused by the upstream",
      ended(529),
      { ...NOTHING, errorType: "overloaded_error" },
      "failed",
      "overloaded_error",
    ],
    ["refused by the upstream, and cut", cut(429), NOTHING, "failed", "client_disconnected"],
    ["redirected", ended(302), NOTHING, "failed", null],
    ["never sent", UNSENT, NOTHING, "failed", "upstream_unreachable"],
  ])("%s", (_how, ending, metered, outcome, errorType) => {
    expect(settle(ending, metered)).toMatchObject({ outcome, errorType, isEstimated: outcome === "incomplete" });
  });
});

describe("what a call costs", () => {
  it("complete: what was reported", () => {
    const call = settle(ended(200), COMPLETE);
    expect(call).toMatchObject({ inputTokens: 1_000, outputTokens: 50, pricedAs: "list" });
    expect(call.listCost).toBe(1_000n * 2_000n + 50n * 10_000n);
  });

  it("cut: the reported input, and a quarter of the streamed characters, rounded up", () => {
    const call = settle(cut(200), STARTED);
    expect(call).toMatchObject({ inputTokens: 1_000, outputTokens: 101 });
    expect(call.listCost).toBe(1_000n * 2_000n + 101n * 10_000n);
  });

  it("cut after its last counts: those, when they are more than what was streamed", () => {
    expect(settle(cut(200), { ...STARTED, usage: { ...STARTED.usage, outputTokens: 900 } }).outputTokens).toBe(900);
  });

  it("cut before anything was reported: a quarter of the request's bytes, at the requested model's price", () => {
    const call = settle(cut(null), NOTHING);
    expect(call).toMatchObject({ model: "claude-sonnet-5-5", inputTokens: 100, outputTokens: 0 });
    expect(call.listCost).toBe(100n * 2_000n);
  });

  it("failed: nothing, and no counts", () => {
    for (const ending of [ended(500), UNSENT]) {
      expect(settle(ending, NOTHING)).toMatchObject({
        listCost: 0n,
        pricedAs: "none",
        inputTokens: null,
        outputTokens: null,
      });
    }
  });

  it("refused by us: nothing, with the reason", () => {
    expect(refuseCall(openCall(1), { status: 402, type: "billing_error" })).toMatchObject({
      outcome: "refused",
      listCost: 0n,
      pricedAs: "none",
      status: 402,
      errorType: "billing_error",
      latencyMs: null,
    });
  });
});

describe("what stands in the ledger", () => {
  it("is always something that PostgreSQL takes, whatever the upstream said of itself", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 400 }),
      fc.constantFrom("\0", "\ud800", "😀".repeat(300), ""),
    );
    fc.assert(
      fc.property(text, text, text, (model, errorType, upstreamRequestId) => {
        const call = settle(cut(200), { ...STARTED, model, errorType }, upstreamRequestId);
        for (const kept of [call.model, call.errorType, call.upstreamRequestId]) {
          expect(kept).not.toBe("");
          expect(kept ?? "").not.toMatch(/[\p{Cc}\p{Cs}]/u);
          expect((kept ?? "").length).toBeLessThanOrEqual(200);
        }
      }),
    );
  });

  it("is never a negative cost, and never nothing for a call that was worked on", () => {
    const count = fc.option(fc.nat(100_000_000), { nil: null });
    fc.assert(
      fc.property(
        count,
        count,
        fc.nat(1_000_000),
        fc.boolean(),
        fc.string(),
        (inputTokens, outputTokens, streamedCharacters, isComplete, model) => {
          const usage = { ...UNREPORTED_USAGE, inputTokens: inputTokens ?? null, outputTokens };
          const call = settle(ended(200), {
            ...NOTHING,
            usage,
            streamedCharacters,
            isComplete: isComplete && inputTokens !== null && outputTokens !== null,
            model,
          });
          expect(call.listCost >= 0n).toBe(true);
          if (!isComplete) expect(call.listCost > 0n || inputTokens === 0).toBe(true);
        },
      ),
    );
  });
});
