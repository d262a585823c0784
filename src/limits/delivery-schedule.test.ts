import { describe, expect, it } from "vitest";

import { DELIVERY_ATTEMPTS_MAX, waitBeforeNextAttempt } from "#limits/delivery-schedule.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

describe("the waits between attempts", () => {
  it("double from 15 seconds up to an hour", () => {
    const waits = [1, 2, 3, 8, 9, 10, 79].map(waitBeforeNextAttempt);
    expect(waits).toEqual([15_000, 30_000, 60_000, 32 * MINUTE_MS, 60 * MINUTE_MS, 60 * MINUTE_MS, 60 * MINUTE_MS]);
  });

  it("end after the last attempt, three days after the first: a weekend's outage of a mail server loses nothing", () => {
    const attempts = Array.from({ length: DELIVERY_ATTEMPTS_MAX }, (_, index) => index + 1);
    const waits = attempts.map(waitBeforeNextAttempt);
    expect(waits.indexOf(null)).toBe(DELIVERY_ATTEMPTS_MAX - 1);
    const totalMs = waits.reduce<number>((sum, wait) => sum + (wait ?? 0), 0);
    expect(totalMs).toBeGreaterThan(2.9 * DAY_MS);
    expect(totalMs).toBeLessThan(3.1 * DAY_MS);
  });
});
