import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { type TokenUsage, UNREPORTED_USAGE } from "#domain/token-usage.ts";
import { mergeUsage, parseUsage } from "#domain/usage-parsing.ts";

describe("parseUsage", () => {
  it("reads every meter of a full usage object", () => {
    const usage = parseUsage({
      input_tokens: 12,
      output_tokens: 34,
      cache_read_input_tokens: 56,
      cache_creation_input_tokens: 70,
      cache_creation: { ephemeral_5m_input_tokens: 60, ephemeral_1h_input_tokens: 10 },
      server_tool_use: { web_search_requests: 3, web_fetch_requests: 2 },
      service_tier: "standard",
      speed: "fast",
      inference_geo: "us",
    });
    expect(usage).toEqual({
      inputTokens: 12,
      outputTokens: 34,
      cacheReadInputTokens: 56,
      cacheCreation5mInputTokens: 60,
      cacheCreation1hInputTokens: 10,
      webSearchRequests: 3,
      speed: "fast",
      inferenceGeo: "us",
      iterations: null,
    });
  });

  it.each([null, undefined, "usage", 7, [], {}, { input_tokens: null }])("takes %j as nothing reported", (raw) => {
    expect(parseUsage(raw)).toEqual(UNREPORTED_USAGE);
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 100_000_001, 1e30, "12", true, {}, null])(
    "takes a count of %j as not reported",
    (count) => {
      const usage = parseUsage({
        input_tokens: count,
        output_tokens: 5,
        server_tool_use: { web_search_requests: count },
      });
      expect([usage.inputTokens, usage.outputTokens, usage.webSearchRequests]).toEqual([null, 5, null]);
    },
  );

  it("takes zero and the largest count as reported", () => {
    const usage = parseUsage({ input_tokens: 0, output_tokens: 100_000_000 });
    expect([usage.inputTokens, usage.outputTokens]).toEqual([0, 100_000_000]);
  });

  it.each([
    ["a total alone is all 5 min, its 1 h share unknown", 100, undefined, [100, null]],
    ["a total of nothing has shares of nothing", 0, undefined, [0, 0]],
    ["the 1 h share is named and the rest is 5 min", 100, { ephemeral_1h_input_tokens: 40 }, [60, 40]],
    ["the 1 h share is at most the total", 100, { ephemeral_1h_input_tokens: 140 }, [0, 100]],
    [
      "the total decides, not the 5 min share",
      100,
      { ephemeral_5m_input_tokens: 7, ephemeral_1h_input_tokens: 40 },
      [60, 40],
    ],
    ["a 5 min share alone says there is no 1 h share", 100, { ephemeral_5m_input_tokens: 100 }, [100, 0]],
    [
      "shares without a total stand for themselves",
      undefined,
      { ephemeral_5m_input_tokens: 7, ephemeral_1h_input_tokens: 4 },
      [7, 4],
    ],
    ["one share without a total is all there is", undefined, { ephemeral_1h_input_tokens: 4 }, [0, 4]],
    ["an impossible share is no share", 100, { ephemeral_1h_input_tokens: -4 }, [100, null]],
    ["an impossible total is no total", -1, { ephemeral_5m_input_tokens: 7 }, [7, 0]],
    ["nothing is nothing", undefined, undefined, [null, null]],
  ])("cache writes: %s", (_rule, flat, split, expected) => {
    const usage = parseUsage({ cache_creation_input_tokens: flat, cache_creation: split });
    expect([usage.cacheCreation5mInputTokens, usage.cacheCreation1hInputTokens]).toEqual(expected);
  });

  it("keeps the model turns that add up to the totals, and drops those that do not", () => {
    const iterations = [
      { type: "message", input_tokens: 10, output_tokens: 1, cache_creation_input_tokens: 5 },
      { type: "compaction", input_tokens: 999, output_tokens: 999 },
      { type: "message", input_tokens: 20, output_tokens: 2, cache_read_input_tokens: 5 },
    ];
    const totals = { input_tokens: 30, output_tokens: 3, cache_creation_input_tokens: 5, cache_read_input_tokens: 5 };
    expect(parseUsage({ ...totals, iterations }).iterations?.map((turn) => turn.inputTokens)).toEqual([10, 20]);
    for (const total of Object.keys(totals)) {
      expect(parseUsage({ ...totals, [total]: 4, iterations }).iterations).toBeNull();
    }
    expect(parseUsage({ ...totals, iterations: [] }).iterations).toBeNull();
    expect(parseUsage({ ...totals, iterations: "two" }).iterations).toBeNull();
  });

  it("never throws, and never reports an impossible count", () => {
    fc.assert(
      fc.property(fc.anything(), (raw) => {
        for (const usage of [
          parseUsage(raw),
          parseUsage({ cache_creation: raw, iterations: [raw], input_tokens: raw }),
        ]) {
          for (const count of countsOf(usage))
            expect(count === null || (Number.isInteger(count) && count >= 0)).toBe(true);
        }
      }),
    );
  });
});

describe("mergeUsage", () => {
  const START = parseUsage({
    input_tokens: 500,
    output_tokens: 1,
    cache_read_input_tokens: 40,
    cache_creation_input_tokens: 100,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 100 },
  });

  it("replaces a count by a later one above zero, even a smaller one", () => {
    const merged = mergeUsage(START, parseUsage({ input_tokens: 450, output_tokens: 90 }));
    expect([merged.inputTokens, merged.outputTokens, merged.cacheReadInputTokens]).toEqual([450, 90, 40]);
  });

  it("keeps a count that the later event reports as zero or not at all", () => {
    const merged = mergeUsage(START, parseUsage({ input_tokens: 0, cache_read_input_tokens: null, output_tokens: -3 }));
    expect(merged).toEqual(START);
  });

  it("takes a first zero as a report", () => {
    expect(mergeUsage(UNREPORTED_USAGE, parseUsage({ input_tokens: 0 })).inputTokens).toBe(0);
  });

  it("does not count a cache write twice when only its total is repeated", () => {
    const merged = mergeUsage(START, parseUsage({ output_tokens: 7, cache_creation_input_tokens: 100 }));
    expect([merged.cacheCreation5mInputTokens, merged.cacheCreation1hInputTokens]).toEqual([0, 100]);
  });

  it("gives the rest of a larger repeated total to the 5 min share", () => {
    const merged = mergeUsage(START, parseUsage({ cache_creation_input_tokens: 130 }));
    expect([merged.cacheCreation5mInputTokens, merged.cacheCreation1hInputTokens]).toEqual([30, 100]);
  });

  it("lets a later split complete a total that came without one", () => {
    const merged = mergeUsage(
      parseUsage({ cache_creation_input_tokens: 100 }),
      parseUsage({ cache_creation_input_tokens: 100, cache_creation: { ephemeral_1h_input_tokens: 30 } }),
    );
    expect([merged.cacheCreation5mInputTokens, merged.cacheCreation1hInputTokens]).toEqual([70, 30]);
  });

  it("keeps fast mode and geography once reported", () => {
    const merged = mergeUsage(parseUsage({ speed: "fast", inference_geo: "us" }), parseUsage({ output_tokens: 4 }));
    expect([merged.speed, merged.inferenceGeo]).toEqual(["fast", "us"]);
    expect(mergeUsage(START, parseUsage({ speed: "fast", inference_geo: "eu" }))).toMatchObject({
      speed: "fast",
      inferenceGeo: "eu",
    });
  });

  it("drops model turns that no longer add up to the totals", () => {
    const turns = {
      input_tokens: 5,
      output_tokens: 2,
      iterations: [{ type: "message", input_tokens: 5, output_tokens: 2 }],
    };
    expect(mergeUsage(parseUsage(turns), parseUsage(turns)).iterations).toHaveLength(1);
    expect(mergeUsage(parseUsage(turns), parseUsage({ output_tokens: 3 })).iterations).toBeNull();
  });

  it("counts a call once, however its last event is repeated", () => {
    fc.assert(
      fc.property(fc.record({ start: wireUsage(), delta: wireUsage() }), ({ start, delta }) => {
        const once = mergeUsage(parseUsage(start), parseUsage(delta));
        expect(mergeUsage(once, parseUsage(delta))).toEqual(once);
        expect(mergeUsage(once, UNREPORTED_USAGE)).toEqual(once);
      }),
    );
  });
});

function countsOf(usage: TokenUsage): (number | null)[] {
  return [
    usage.inputTokens,
    usage.outputTokens,
    usage.cacheReadInputTokens,
    usage.cacheCreation5mInputTokens,
    usage.cacheCreation1hInputTokens,
    usage.webSearchRequests,
  ];
}

function wireUsage() {
  const count = fc.integer({ min: 0, max: 300_000 });
  return fc.record(
    {
      input_tokens: count,
      output_tokens: count,
      cache_read_input_tokens: count,
      cache_creation_input_tokens: count,
      cache_creation: fc.record({ ephemeral_5m_input_tokens: count, ephemeral_1h_input_tokens: count }),
      server_tool_use: fc.record({ web_search_requests: fc.integer({ min: 0, max: 9 }) }),
    },
    { requiredKeys: [] },
  );
}
