import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createBoundedKeys } from "#domain/bounded-keys.ts";

describe("values for so many keys", () => {
  it("the first keys have their own, and all others share one", () => {
    const keys = createBoundedKeys<string, { n: number }>(2, () => ({ n: 0 }));
    for (const key of ["a", "b", "c", "d", "a", "c"]) keys.of(key).n += 1;
    expect(keys.all()).toEqual([
      ["a", { n: 2 }],
      ["b", { n: 1 }],
      [null, { n: 3 }],
    ]);
  });

  it("whatever comes: never more series than max and one, and nothing is lost", () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer({ min: 0, max: 5 }), (sent, max) => {
        const keys = createBoundedKeys<number, { n: number }>(max, () => ({ n: 0 }));
        for (const key of sent) keys.of(key).n += 1;
        expect(keys.all().length).toBeLessThanOrEqual(max + 1);
        expect(keys.all().reduce((sum, [, value]) => sum + value.n, 0)).toBe(sent.length);
      }),
    );
  });
});
