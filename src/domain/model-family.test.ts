import { describe, expect, it } from "vitest";

import { MODEL_FAMILIES, modelFamilyOf } from "#domain/model-family.ts";
import { BUILT_IN_PRICE_LIST } from "#domain/price-list.ts";

describe("the family of a model", () => {
  it.each([
    ["claude-opus-4-5-20251101", "opus"],
    ["claude-3-5-haiku", "haiku"],
    ["claude-sonnet-5", "sonnet"],
    ["claude-instant-1", "other"],
    ["gpt-opus", "other"],
    ["", "other"],
    [`claude-${"x".repeat(200)}`, "other"],
  ])("of %s is %s", (model, family) => expect(modelFamilyOf(model)).toBe(family));

  it("is known of each model that has a price, and there are only so many, whatever agents send", () => {
    const named = [...BUILT_IN_PRICE_LIST.byModel.keys()];
    expect(named.length).toBeGreaterThan(10);
    expect(named.map(modelFamilyOf)).not.toContain("other");
    const sent = Array.from({ length: 1000 }, (_, n) => modelFamilyOf(`claude-${n}`));
    expect(MODEL_FAMILIES).toEqual(expect.arrayContaining([...new Set(sent)]));
  });
});
