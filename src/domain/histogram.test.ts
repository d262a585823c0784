import { describe, expect, it } from "vitest";

import { createHistogram } from "#domain/histogram.ts";

describe("a histogram", () => {
  it("counts a value under the first bound that is not below it, and what is above all bounds last", () => {
    const histogram = createHistogram([1, 2, 5]);
    for (const value of [0, 1, 1.5, 2, 4, 6, 100]) histogram.observe(value);
    expect(histogram.read()).toEqual({ bounds: [1, 2, 5], counts: [2, 2, 1, 2], sum: 114.5, count: 7 });
  });

  it("is empty before anything was counted", () => {
    expect(createHistogram([1]).read()).toEqual({ bounds: [1], counts: [0, 0], sum: 0, count: 0 });
  });
});
