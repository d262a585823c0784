import fc from "fast-check";
import { expect, test } from "vitest";

import { countPoint, NEW_SERIES, type SeriesPoint } from "#telemetry/series-count.ts";

function total(points: readonly SeriesPoint[]): bigint {
  let [sum, state] = [0n, NEW_SERIES];
  for (const point of points) {
    const counted = countPoint(state, point);
    sum += counted.added;
    state = counted.state;
  }
  return sum;
}

const amounts = fc.array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 1, maxLength: 40 });
const windows = (list: readonly bigint[]) =>
  list.map((amount, at): SeriesPoint => ({ temporality: "delta", start: BigInt(at), time: BigInt(at + 1), amount }));
const totals = (list: readonly bigint[]) =>
  list.map((_, at): SeriesPoint => {
    const amount = list.slice(0, at + 1).reduce((sum, part) => sum + part, 0n);
    return { temporality: "cumulative", start: 0n, time: BigInt(at + 1), amount };
  });
const sumOf = (list: readonly bigint[]) => list.reduce((sum, part) => sum + part, 0n);

test("windows add up to what happened, in any order and however often they arrive", () => {
  fc.assert(
    fc.property(amounts, fc.infiniteStream(fc.nat(1_000)), (list, order) => {
      const sent = [...windows(list), ...windows(list)];
      const shuffled = sent.map((point) => ({ point, at: order.next().value })).toSorted((a, b) => a.at - b.at);
      expect(total(shuffled.map(({ point }) => point))).toBe(sumOf(list));
    }),
  );
});

test("totals add up to the last of them, with some lost, late or repeated", () => {
  fc.assert(
    fc.property(amounts, fc.infiniteStream(fc.nat(3)), (list, fate) => {
      const sent = totals(list).flatMap((point, at, all) => {
        const happens = at === all.length - 1 ? 1 : fate.next().value;
        const earlier = all[Math.max(0, at - 1)] ?? point;
        return [[], [point], [point, point], [point, earlier]][happens] ?? [];
      });
      expect(total(sent)).toBe(sumOf(list));
    }),
  );
});

test("two series of totals, one after a restart, are both counted", () => {
  const point = (time: bigint, amount: bigint): SeriesPoint => ({ temporality: "cumulative", start: 0n, time, amount });
  expect(total([point(1n, 5n), point(2n, 9n), point(3n, 2n), point(4n, 3n)])).toBe(12n);
});
