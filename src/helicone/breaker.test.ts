import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { advance, type Breaker, type BreakerEvent, closedBreaker, pauseMs, wayOf } from "#helicone/breaker.ts";

const START = 1_000_000;

/** The breaker after these events, each at its instant. */
function breakerAfter(...events: [atMs: number, event: BreakerEvent][]): Breaker {
  return events.reduce((breaker, [atMs, event]) => advance(breaker, event, START + atMs), closedBreaker(START));
}

const failed = (openings: number, reason = "it is down"): BreakerEvent => ({ kind: "call_failed", openings, reason });
const FAILED_ONCE: [number, BreakerEvent][] = [[10, failed(0)]];
const TO_TRIAL: [number, BreakerEvent][] = [
  ...FAILED_ONCE,
  [2_010, { kind: "probe_began" }],
  [2_020, { kind: "probe_passed" }],
  [2_030, { kind: "trial_began" }],
];

describe("the breaker", () => {
  it("lets calls through until one fails, and none from then on; it says since when and why", () => {
    expect(wayOf(breakerAfter())).toBe("through");
    const open = breakerAfter(...FAILED_ONCE);
    expect(open).toMatchObject({ state: "open", sinceMs: START + 10, reason: "it is down", probeAtMs: START + 2_010 });
    expect(wayOf(open)).toBe("around");
  });

  it("probes once when its time has come, not before, and not twice at once", () => {
    const early = breakerAfter(...FAILED_ONCE, [2_009, { kind: "probe_began" }]);
    expect(early.state).toBe("open");
    const probing = breakerAfter(...FAILED_ONCE, [2_010, { kind: "probe_began" }]);
    expect(probing).toMatchObject({ state: "half_open", stage: "probing", sinceMs: START + 10 });
    expect(wayOf(probing)).toBe("around");
    expect(advance(probing, { kind: "probe_began" }, START + 3_000)).toBe(probing);
  });

  it("tries one real call after a probe has passed, and lets the others through once that has an answer", () => {
    expect(wayOf(breakerAfter(...TO_TRIAL.slice(0, -1)))).toBe("trial");
    const trying = breakerAfter(...TO_TRIAL);
    expect(wayOf(trying)).toBe("around");
    const closed = advance(trying, { kind: "call_answered", openings: 1 }, START + 2_100);
    expect(closed).toMatchObject({ state: "closed", sinceMs: START + 2_100 });
  });

  it("lets the next call try where the first one's client went away", () => {
    expect(wayOf(breakerAfter(...TO_TRIAL, [2_040, { kind: "call_abandoned", openings: 1 }]))).toBe("trial");
  });

  it("stays open for longer each time that a probe or a trial fails, since the first failure", () => {
    const probeFailed = breakerAfter(
      ...FAILED_ONCE,
      [2_010, { kind: "probe_began" }],
      [2_500, { kind: "probe_failed", reason: "still down" }],
    );
    const expected = { state: "open", sinceMs: START + 10, strikes: 2 };
    expect(probeFailed).toMatchObject({ ...expected, reason: "still down", probeAtMs: START + 6_500 });
    expect(breakerAfter(...TO_TRIAL, [2_500, failed(1)])).toMatchObject({ ...expected, probeAtMs: START + 6_500 });
  });

  it("forgets its failures with a whole answer, not with the beginning of one", () => {
    const begun = breakerAfter(...TO_TRIAL, [2_100, { kind: "call_answered", openings: 1 }]);
    expect(advance(begun, failed(1), START + 2_200)).toMatchObject({ state: "open", strikes: 2 });
    const whole = advance(begun, { kind: "call_completed", openings: 1 }, START + 2_200);
    expect(advance(whole, failed(1), START + 2_300)).toMatchObject({ state: "open", strikes: 1 });
  });

  it("hears nothing from calls that began before it opened", () => {
    const closedAgain = breakerAfter(...TO_TRIAL, [2_100, { kind: "call_answered", openings: 1 }]);
    expect(advance(closedAgain, failed(0), START + 2_200)).toBe(closedAgain);
    const trying = breakerAfter(...TO_TRIAL);
    expect(advance(trying, { kind: "call_answered", openings: 0 }, START + 2_200)).toBe(trying);
  });

  it("opens where calls pass and are not kept, also while one is tried; a probe that is out says it itself", () => {
    const notKept: BreakerEvent = { kind: "keeping_failed", reason: "ClickHouse is dead" };
    expect(breakerAfter([10, notKept])).toMatchObject({ state: "open", openings: 1, reason: "ClickHouse is dead" });
    expect(breakerAfter(...TO_TRIAL, [2_040, notKept])).toMatchObject({ state: "open", openings: 2, strikes: 2 });
    const open = breakerAfter(...FAILED_ONCE);
    expect(advance(open, notKept, START + 20)).toBe(open);
    const probing = breakerAfter(...FAILED_ONCE, [2_010, { kind: "probe_began" }]);
    expect(advance(probing, notKept, START + 2_020)).toBe(probing);
  });

  it("pauses for 2 s, twice as long each time, and for a minute at the most", () => {
    expect([1, 2, 3, 4, 5, 6, 60].map(pauseMs)).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });
});

describe("the breaker, whatever happens in whatever order", () => {
  const event = fc.oneof(
    ...(["call_failed", "call_answered", "call_completed", "call_abandoned"] as const).map((kind) =>
      fc.integer({ min: -2, max: 0 }).map((age) => ({ kind, age })),
    ),
    ...(["trial_began", "probe_began", "probe_passed", "probe_failed", "keeping_failed"] as const).map((kind) =>
      fc.constant({ kind, age: 0 }),
    ),
  );
  const schedule = fc.array(fc.tuple(fc.integer({ min: 0, max: 70_000 }), event), { maxLength: 60 });

  /** Plays a schedule and shows each step. `age` 0: of a call that began since the breaker last opened. */
  function play(steps: [number, { kind: BreakerEvent["kind"]; age: number }][], see: (step: Step) => void): void {
    let nowMs = START;
    let breaker = closedBreaker(nowMs);
    for (const [waitMs, { kind, age }] of steps) {
      nowMs += waitMs;
      const sent = { kind, reason: "r", ...(kind.startsWith("call_") ? { openings: breaker.openings + age } : {}) };
      const next = advance(breaker, asEvent(sent), nowMs);
      see({ before: breaker, next, event: asEvent(sent), age, nowMs });
      breaker = next;
    }
  }
  /** The schedule's kinds and what comes with each are those of the breaker. */
  function asEvent(event: { kind: string; reason: string; openings?: number }): BreakerEvent {
    return event as BreakerEvent;
  }
  type Step = { before: Breaker; next: Breaker; event: BreakerEvent; age: number; nowMs: number };

  it("closes by nothing but a real call's answer, and opens by nothing but a failure", () => {
    fc.assert(
      fc.property(schedule, (steps) =>
        play(steps, ({ before, next, event: { kind } }) => {
          if (next.state === "closed" && before.state !== "closed") {
            expect(["call_answered", "call_completed"]).toContain(kind);
            expect(before).toMatchObject({ state: "half_open", stage: "trying" });
          }
          if (next.state === "open" && before.state !== "open") {
            expect(["call_failed", "probe_failed", "keeping_failed"]).toContain(kind);
          }
        }),
      ),
    );
  });

  it("lets at most one out while it is not closed: a probe, and after it a call", () => {
    fc.assert(
      fc.property(schedule, (steps) =>
        play(steps, ({ before, next }) => {
          if (next === before || next.state === "closed") return;
          // From one state to the next, and never to the same again: what is out is one.
          const allowed = {
            closed: ["open"],
            open: ["probing"],
            probing: ["untried", "open"],
            untried: ["trying", "open"],
          };
          const follow: Record<string, string[]> = { ...allowed, trying: ["untried", "open"] };
          expect(follow[nameOf(before)]).toContain(nameOf(next));
          expect(wayOf(next)).toBe(nameOf(next) === "untried" ? "trial" : "around");
        }),
      ),
    );
  });

  function nameOf(breaker: Breaker): string {
    return breaker.state === "half_open" ? breaker.stage : breaker.state;
  }

  it("never probes earlier than two seconds after a failure, nor later than a minute", () => {
    fc.assert(
      fc.property(schedule, (steps) =>
        play(steps, ({ before, next, nowMs }) => {
          if (next.state !== "open" || next === before) return;
          expect(next.probeAtMs - nowMs).toBeGreaterThanOrEqual(2_000);
          expect(next.probeAtMs - nowMs).toBeLessThanOrEqual(60_000);
        }),
      ),
    );
  });

  it("is not moved by calls from before its last opening, and never says `since` of the future", () => {
    fc.assert(
      fc.property(schedule, (steps) =>
        play(steps, ({ before, next, age, nowMs }) => {
          if (age < 0) expect(next).toBe(before);
          expect(next.sinceMs).toBeLessThanOrEqual(nowMs);
          if (before.state !== "closed" && next.state !== "closed") expect(next.sinceMs).toBe(before.sinceMs);
        }),
      ),
    );
  });
});
