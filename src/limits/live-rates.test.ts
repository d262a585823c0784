import { describe, expect, it } from "vitest";

import { createLiveRates } from "#limits/live-rates.ts";

const NOW = Date.UTC(2026, 10, 24, 10, 0);
const SMALL = { requestBytes: 400, maxTokens: 50 };
const requests = (perMinute: number) => ({ requestsPerMinute: perMinute, tokensPerMinute: null });
const tokens = (perMinute: number) => ({ requestsPerMinute: null, tokensPerMinute: perMinute });
const at = (atMs: number, size = SMALL) => ({ size, atMs });

describe("createLiveRates", () => {
  it("counts each agent by itself, and only what was admitted", () => {
    const rates = createLiveRates([]);
    expect(rates.waitMs(1, requests(1), at(NOW))).toBe(0);
    expect(rates.waitMs(1, requests(1), at(NOW))).toBe(0);
    rates.admit(1, at(NOW));
    expect(rates.waitMs(1, requests(1), at(NOW + 500))).toBe(59_500);
    expect(rates.waitMs(2, requests(1), at(NOW + 500))).toBe(0);
  });

  it("an agent that was not limited is, at once, by what it did in the last minute", () => {
    const rates = createLiveRates([]);
    expect(rates.waitMs(1, null, at(NOW))).toBe(0);
    rates.admit(1, at(NOW));
    expect(rates.waitMs(1, requests(1), at(NOW + 1))).toBe(59_999);
    expect(rates.waitMs(1, requests(2), at(NOW + 1))).toBe(0);
  });

  it("expects of a first call a token for four bytes and its output, of later ones their mean", () => {
    const rates = createLiveRates([]);
    const first = rates.admit(1, at(NOW));
    expect(rates.status(1, null, NOW).tokensUsed).toBe(150);
    rates.settle(first, 800);
    rates.admit(1, at(NOW, { requestBytes: 4_000_000, maxTokens: 128_000 }));
    expect(rates.status(1, null, NOW).tokensUsed).toBe(1_600);
    rates.admit(2, at(NOW, { requestBytes: 400, maxTokens: 128_000 }));
    expect(rates.status(2, null, NOW).tokensUsed).toBe(1_100);
  });

  it("a call that failed used nothing, and is not what the next one is expected to use", () => {
    const rates = createLiveRates([]);
    rates.settle(rates.admit(1, at(NOW)), 100);
    rates.settle(rates.admit(1, at(NOW)), 0);
    expect(rates.status(1, tokens(500), NOW)).toEqual({
      requestsUsed: 2,
      requestsLimit: null,
      tokensUsed: 100,
      tokensLimit: 500,
      resetsAt: new Date(NOW + 60_000),
    });
    expect(rates.waitMs(1, tokens(200), at(NOW))).toBe(0);
    expect(rates.waitMs(1, tokens(199), at(NOW))).toBe(60_000);
  });

  it("goes on from what the ledger has of the last minute", () => {
    const recent = [40, 20].map((secondsAgo) => ({
      agentId: 1,
      admittedAt: new Date(NOW - secondsAgo * 1_000),
      tokens: 100,
    }));
    const rates = createLiveRates(recent);
    expect(rates.waitMs(1, requests(2), at(NOW))).toBe(20_000);
    expect(rates.status(1, null, NOW)).toMatchObject({ requestsUsed: 2, tokensUsed: 200 });
    expect(rates.status(2, null, NOW)).toMatchObject({ requestsUsed: 0, resetsAt: null });
  });

  it("a thousand agents at once: each passes exactly as often as it may, and each decision takes microseconds", () => {
    const rates = createLiveRates([]);
    const passed = new Float64Array(1_000);
    const tookUs: number[] = [];
    for (let call = 0; call < 200_000; call += 1) {
      const agentId = call % 1_000;
      const asked = at(NOW + Math.floor(call / 4));
      const startedAt = performance.now();
      if (rates.waitMs(agentId, requests(60), asked) === 0) {
        rates.settle(rates.admit(agentId, asked), 300);
        passed[agentId] = (passed[agentId] ?? 0) + 1;
      }
      tookUs.push((performance.now() - startedAt) * 1_000);
    }
    expect(passed.every((times) => times === 60)).toBe(true);
    expect(tookUs.toSorted((a, b) => a - b)[198_000]).toBeLessThan(50);
  });
});
