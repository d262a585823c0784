import { describe, expect, it } from "vitest";

import { type DaySpend, whatIf } from "#domain/what-if.ts";

const MONTHS = { oct: new Date("2026-10-01"), nov: new Date("2026-11-01") };

/** Days in a row from 30 October on. */
function history(...spends: number[]): DaySpend[] {
  return spends.map((spent, index) => {
    const dayStart = new Date(Date.UTC(2026, 9, 30 + index));
    return { dayStart, monthStart: dayStart < MONTHS.nov ? MONTHS.oct : MONTHS.nov, spent: BigInt(spent) };
  });
}

const STOPPING = { days: 30, isStopping: true };

describe("what limits would have done", () => {
  it("counts the days that reach the daily limit; reaching it is enough", () => {
    expect(whatIf(history(5, 10, 11, 9), { day: 10n, month: null }, STOPPING)).toEqual({ days: 4, reachedDays: 2 });
  });

  it("looks at the last days only", () => {
    expect(whatIf(history(99, 99, 1, 1), { day: 10n, month: null }, { days: 2, isStopping: true })).toEqual({
      days: 2,
      reachedDays: 0,
    });
  });

  it("counts every day of a month from the one that used it up, and begins anew with the next", () => {
    expect(whatIf(history(8, 8, 3, 3), { day: null, month: 10n }, STOPPING)).toEqual({ days: 4, reachedDays: 1 });
    expect(whatIf(history(10, 0, 0, 0), { day: null, month: 10n }, STOPPING)).toEqual({ days: 4, reachedDays: 2 });
  });

  it("takes what was spent before the days it looks at into the month", () => {
    expect(whatIf(history(0, 0, 9, 1, 0), { day: null, month: 10n }, { days: 1, isStopping: true })).toEqual({
      days: 1,
      reachedDays: 1,
    });
  });

  it("lets a stopped day count towards the month with its limit, and a day that was only warned about in full", () => {
    const days = history(0, 0, 50, 1);
    expect(whatIf(days, { day: 5n, month: 10n }, STOPPING)?.reachedDays).toBe(1);
    expect(whatIf(days, { day: 5n, month: 10n }, { days: 30, isStopping: false })?.reachedDays).toBe(2);
  });

  it("reaches a limit of 0 on every day", () => {
    expect(whatIf(history(0, 0, 0), { day: 0n, month: null }, STOPPING)).toEqual({ days: 3, reachedDays: 3 });
  });

  it("says nothing without a limit or without a day", () => {
    expect(whatIf(history(1, 2), { day: null, month: null }, STOPPING)).toBeNull();
    expect(whatIf([], { day: 1n, month: null }, STOPPING)).toBeNull();
  });
});
