import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { HOLD_MS, isOccupied, type LimitState, roomFor } from "#domain/admission.ts";
import { RESERVATION_MODES, type ReservationMode } from "#domain/budget.ts";

type Call = { cost: bigint; startMs: number; need: { expected: bigint; guaranteed: bigint } };

/** A call costs no more than its worst case; what was expected of it may be anything up to that. */
const calls = fc
  .record({ cost: fc.nat(60), above: fc.nat(200), expected: fc.nat(260) })
  .map(({ cost, above, expected }) => ({
    cost: BigInt(cost),
    need: { expected: BigInt(Math.min(expected, cost + above)), guaranteed: BigInt(cost + above) },
  }));

const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: calls.map((call) => ({ kind: "ask" as const, call })) },
    { weight: 2, arbitrary: fc.nat(20).map((which) => ({ kind: "end" as const, which })) },
    { weight: 1, arbitrary: fc.nat(80_000).map((ms) => ({ kind: "later" as const, ms })) },
    { weight: 1, arbitrary: fc.nat(50).map((more) => ({ kind: "raise" as const, more: BigInt(more) })) },
  ),
  { maxLength: 120 },
);

type Step = typeof steps extends fc.Arbitrary<(infer One)[]> ? One : never;
type Told = { room: ReturnType<typeof roomFor>; state: LimitState; inFlight: number };

/** Plays a schedule by the rule alone: calls start where it says `free` or `alone`. */
function play(mode: ReservationMode, limitAtFirst: bigint, schedule: readonly Step[]) {
  let [limit, spent, nowMs] = [limitAtFirst, 0n, 0];
  const inFlight: Call[] = [];
  const told: Told[] = [];
  /** The most that one call was over the limit in force when it ended. */
  let overshoots: { by: bigint; dearest: bigint }[] = [];
  const end = (call: Call) => {
    inFlight.splice(inFlight.indexOf(call), 1);
    spent += call.cost;
    if (spent > limit) overshoots.push({ by: spent - limit, dearest: call.cost });
  };
  const ask = (call: Omit<Call, "startMs">) => {
    const reserved = inFlight.reduce((sum, { need }) => sum + need[mode], 0n);
    const newestMs = inFlight.reduce<number | null>((max, { startMs }) => Math.max(max ?? 0, startMs), null);
    const state = { limit, spent, reserved, metered: 0n };
    const room = roomFor(state, { need: call.need, mode, isOccupied: isOccupied(mode, newestMs, nowMs) });
    told.push({ room, state, inFlight: inFlight.length });
    if (room === "free" || room === "alone") inFlight.push({ ...call, startMs: nowMs });
  };
  for (const step of schedule) {
    if (step.kind === "later") nowMs += step.ms;
    else if (step.kind === "raise") [limit, overshoots] = [limit + step.more, []];
    else if (step.kind === "end") {
      const call = inFlight[step.which % Math.max(1, inFlight.length)];
      if (call !== undefined) end(call);
    } else ask(step.call);
  }
  for (const call of [...inFlight]) end(call);
  return { told, overshoots };
}

const limits = fc.nat(500).map(BigInt);

describe("the rule of admission, over any schedule", () => {
  it.each(RESERVATION_MODES)("%s: refuses if and only if what was spent has reached the limit", (mode) => {
    fc.assert(
      fc.property(limits, steps, (limit, schedule) => {
        for (const { room, state } of play(mode, limit, schedule).told) {
          expect(room === "reached").toBe(state.spent >= state.limit);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(RESERVATION_MODES)("%s: never waits while nothing is in flight", (mode) => {
    fc.assert(
      fc.property(limits, steps, (limit, schedule) => {
        for (const { room, inFlight } of play(mode, limit, schedule).told) {
          if (inFlight === 0) expect(room).not.toBe("taken");
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("guaranteed: the limit is exceeded by the cost of one call at the most", () => {
    fc.assert(
      fc.property(limits, steps, (limit, schedule) => {
        const { overshoots } = play("guaranteed", limit, schedule);
        // Past the limit nothing starts, and of what was under way at most one call did not fit.
        expect(overshoots.length).toBeLessThanOrEqual(1);
        for (const { by, dearest } of overshoots) expect(by).toBeLessThanOrEqual(dearest);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe("isOccupied", () => {
  it("a call in flight keeps the next one back for the hold time, or to its end where the limit is guaranteed", () => {
    expect(isOccupied("expected", null, 0)).toBe(false);
    expect(isOccupied("guaranteed", null, 0)).toBe(false);
    expect(isOccupied("expected", 1_000, 1_000 + HOLD_MS - 1)).toBe(true);
    expect(isOccupied("expected", 1_000, 1_000 + HOLD_MS)).toBe(false);
    expect(isOccupied("guaranteed", 1_000, 1_000 + 100 * HOLD_MS)).toBe(true);
  });
});

describe("roomFor", () => {
  const state = { limit: 100n, spent: 50n, reserved: 10n, metered: 0n };
  const ask = (expected: bigint, guaranteed: bigint, isTaken: boolean) =>
    roomFor(state, { need: { expected, guaranteed }, mode: "expected", isOccupied: isTaken });

  it("wants a margin beside others, but never more than the worst case", () => {
    expect(ask(10n, 1_000n, true)).toBe("free");
    expect(ask(11n, 1_000n, true)).toBe("taken");
    expect(ask(40n, 1_000n, false)).toBe("free");
    expect(ask(41n, 1_000n, false)).toBe("alone");
    expect(ask(39n, 40n, true)).toBe("free");
  });

  it("starts nothing more where the answers under way have used up the rest already", () => {
    const request = { need: { expected: 1n, guaranteed: 9n }, mode: "expected", isOccupied: false } as const;
    expect(roomFor({ limit: 100n, spent: 60n, reserved: 60n, metered: 40n }, request)).toBe("taken");
    expect(roomFor({ limit: 100n, spent: 60n, reserved: 60n, metered: 39n }, request)).toBe("alone");
  });
});
