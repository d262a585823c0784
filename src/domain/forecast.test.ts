import { describe, expect, it } from "vitest";

import { forecast } from "#domain/forecast.ts";

const HOUR_MS = 60 * 60 * 1000;
const NOW = new Date("2026-11-24T12:00:00Z");
const hoursFromNow = (hours: number) => new Date(NOW.getTime() + hours * HOUR_MS);
/** Eight hours are left. */
const standing = (spent: bigint, limit: bigint | null) => ({ spent, limit, resetsAt: hoursFromNow(8) });
const recently = (spent: bigint, hours: number) => ({ spent, since: hoursFromNow(-hours) });

describe("a forecast", () => {
  it("goes on at the recent slope to the end of the period", () => {
    expect(forecast(standing(100n, null), recently(20n, 2), NOW)).toEqual({ endsAt: 180n, reachesLimitAt: null });
  });

  it("says when the limit is reached", () => {
    expect(forecast(standing(100n, 140n), recently(20n, 2), NOW)?.reachesLimitAt).toEqual(hoursFromNow(4));
  });

  it("reaches a limit at the very end of the period, and not one that lies beyond", () => {
    expect(forecast(standing(100n, 180n), recently(20n, 2), NOW)?.reachesLimitAt).toEqual(hoursFromNow(8));
    expect(forecast(standing(100n, 181n), recently(20n, 2), NOW)?.reachesLimitAt).toBeNull();
  });

  it("does not foretell what has happened already", () => {
    expect(forecast(standing(140n, 140n), recently(20n, 2), NOW)?.reachesLimitAt).toBeNull();
    expect(forecast(standing(0n, 0n), recently(20n, 2), NOW)?.reachesLimitAt).toBeNull();
  });

  it("stays where it is while nothing is spent", () => {
    expect(forecast(standing(100n, 140n), recently(0n, 2), NOW)).toEqual({ endsAt: 100n, reachesLimitAt: null });
  });

  it("is unknown without a history, and with too short a one", () => {
    expect(forecast(standing(100n, 140n), null, NOW)).toBeNull();
    expect(forecast(standing(100n, 140n), recently(20n, 0.9), NOW)).toBeNull();
    expect(forecast(standing(100n, 140n), recently(20n, 0), NOW)).toBeNull();
    expect(forecast(standing(100n, 140n), recently(20n, 1), NOW)).not.toBeNull();
  });

  it("does not look past the end of a period that is over", () => {
    expect(forecast({ ...standing(100n, 140n), resetsAt: hoursFromNow(-1) }, recently(20n, 2), NOW)?.endsAt).toBe(100n);
  });

  it("stays exact for amounts beyond 2^53", () => {
    const spent = 9_007_199_254_740_993n;
    expect(forecast(standing(spent, null), recently(2n, 2), NOW)?.endsAt).toBe(spent + 8n);
  });
});
