import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { findRunaway, type QuarterHour, RUNAWAY_FLOOR, recentSinceMs } from "#domain/runaway.ts";

const QUARTER_MS = 15 * 60_000;
const CENT = 10_000_000n;
/** Ten minutes into a quarter hour. */
const NOW = Date.UTC(2026, 10, 24, 10, 25);
const SINCE = Date.UTC(2026, 10, 24, 10, 0);

/** So many quarter hours of this cost each, the last of them right before the recent ones. */
function habit(quarters: number, cost: bigint): QuarterHour[] {
  return Array.from({ length: quarters }, (_, index) => ({ startMs: SINCE - (index + 1) * QUARTER_MS, cost }));
}
const now = (cost: bigint): QuarterHour => ({ startMs: SINCE + QUARTER_MS, cost });
const previous = (cost: bigint): QuarterHour => ({ startMs: SINCE, cost });

describe("findRunaway", () => {
  it("the recent spending is that of the last 15 to 30 minutes", () => {
    expect(recentSinceMs(NOW)).toBe(SINCE);
    expect(recentSinceMs(SINCE + QUARTER_MS)).toBe(SINCE);
    expect(recentSinceMs(SINCE + 2 * QUARTER_MS - 1)).toBe(SINCE);
  });

  it("four times what is much for the agent is told, with the numbers; a nano-dollar less is not", () => {
    const usual = habit(40, 50n * CENT); // a dollar in half an hour
    expect(findRunaway([...usual, previous(100n * CENT), now(300n * CENT)], NOW)).toEqual({
      sinceMs: SINCE,
      spent: 400n * CENT,
      usual: 100n * CENT,
    });
    expect(findRunaway([...usual, previous(100n * CENT), now(300n * CENT - 1n)], NOW)).toBeNull();
  });

  it("an agent that spends little does not alarm before the floor", () => {
    const usual = habit(200, 1n);
    expect(findRunaway([...usual, now(RUNAWAY_FLOOR - 1n)], NOW)).toBeNull();
    expect(findRunaway([...usual, now(RUNAWAY_FLOOR)], NOW)).toMatchObject({ usual: 2n });
  });

  it("an agent without a history has no habit to break", () => {
    expect(findRunaway([now(1_000_000n * CENT)], NOW)).toBeNull();
    expect(findRunaway([...habit(14, CENT), now(1_000_000n * CENT)], NOW)).toBeNull();
    expect(findRunaway([...habit(16, CENT), now(1_000_000n * CENT)], NOW)).not.toBeNull();
  });

  it("rare peaks are no habit, frequent ones are", () => {
    const work = habit(400, 10n * CENT);
    const peak = (index: number) => ({ startMs: SINCE - (index + 1) * QUARTER_MS, cost: 1_000n * CENT });
    const rare = work.map((quarter, index) => (index === 100 ? peak(index) : quarter));
    const frequent = work.map((quarter, index) => (index % 10 === 0 ? peak(index) : quarter));
    expect(findRunaway([...rare, now(500n * CENT)], NOW)).not.toBeNull();
    expect(findRunaway([...frequent, now(500n * CENT)], NOW)).toBeNull();
  });

  it("what is older than two weeks is forgotten, and what lies ahead is not read", () => {
    const old = habit(40, CENT).map(({ startMs, cost }) => ({ startMs: startMs - 15 * 24 * 3_600_000, cost }));
    expect(findRunaway([...old, now(500n * CENT)], NOW)).toBeNull();
    const ahead = { startMs: SINCE + 2 * QUARTER_MS, cost: 10_000n * CENT };
    expect(findRunaway([...habit(40, CENT), ahead], NOW)).toBeNull();
  });

  it("an agent that goes on as before never alarms, whatever it spends and in whatever order it is told", () => {
    const cost = fc.bigInt({ min: 1n, max: 100_000n * CENT });
    fc.assert(
      fc.property(cost, fc.integer({ min: 16, max: 200 }), (each, quarters) => {
        const told = [now(each), ...habit(quarters, each), previous(each)];
        expect(findRunaway(told, NOW)).toBeNull();
        expect(findRunaway(told.toReversed(), NOW)).toBeNull();
      }),
    );
  });
});
