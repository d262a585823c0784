import fc from "fast-check";
import { expect, it } from "vitest";

import { axisMaximum } from "#portal/ui/charts/axis-maximum.ts";

it.each([
  [0.18, 0.2],
  [4.64, 8],
  [8, 8],
  [9.99, 10],
  [100, 100],
  [0.003, 0.004],
])("an axis that holds %d ends at %d", (highest, end) => {
  expect(axisMaximum(highest)).toBeCloseTo(end, 12);
});

it("holds the highest value, and is never more than two and a half times as long", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (highest) => {
      const end = axisMaximum(highest) ?? 0;
      expect(end).toBeGreaterThanOrEqual(highest * (1 - 1e-12));
      expect(end).toBeLessThanOrEqual(highest * 2.5);
    }),
  );
});

it("leaves it to the chart when there is nothing to show", () => {
  expect([axisMaximum(0), axisMaximum(Number.NaN)]).toEqual([undefined, undefined]);
});
