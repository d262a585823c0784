import { describe, expect, it } from "vitest";

import { cacheSaving } from "#domain/cache-saving.ts";
import { BUILT_IN_PRICE_LIST } from "#domain/price-list.ts";

const AT = new Date("2026-11-24T00:00:00Z");
const NONE = { cacheReadInputTokens: 0, cacheCreation5mInputTokens: 0, cacheCreation1hInputTokens: 0 };
const saving = (tokens: Partial<typeof NONE>, model = "claude-sonnet-4-5-20250929") =>
  cacheSaving({ prices: BUILT_IN_PRICE_LIST, at: AT }, model, { ...NONE, ...tokens });

describe("what the prompt cache saves", () => {
  it("is the difference to plain input for what was read: $3.00 against $0.30 for a million", () => {
    expect(saving({ cacheReadInputTokens: 1_000_000 })).toBe(2_700_000_000n);
  });

  it("is a loss for what was written and never read: 25 % for five minutes, all of it again for an hour", () => {
    expect(saving({ cacheCreation5mInputTokens: 1_000_000 })).toBe(-750_000_000n);
    expect(saving({ cacheCreation1hInputTokens: 1_000_000 })).toBe(-3_000_000_000n);
  });

  it("is nothing without a cache, and unknown for a model without a price", () => {
    expect(saving({})).toBe(0n);
    expect(saving({ cacheReadInputTokens: 5 }, "gpt-9")).toBeNull();
  });
});
