import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { BIN_BOUNDS_MS, type BinCount, durationAt } from "#domain/duration-bins.ts";

function binOf(ms: number): number {
  return BIN_BOUNDS_MS.filter((bound) => bound <= ms).length;
}

function count(durations: readonly number[]): BinCount[] {
  return durations.map((ms) => ({ bin: binOf(ms), calls: 1 }));
}

describe("a percentile read from bins", () => {
  it("is unknown without calls", () => {
    expect(durationAt(0.5, [])).toBeNull();
    expect(durationAt(0.5, [{ bin: 3, calls: 0 }])).toBeNull();
  });

  it("is never shorter than the exact one, and at most a third longer", () => {
    const durations = fc.array(fc.integer({ min: 10, max: 500_000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(durations, fc.constantFrom(0.5, 0.9, 0.99, 1), (taken, share) => {
        const exact = taken.toSorted((a, b) => a - b)[Math.ceil(taken.length * share) - 1] ?? Number.NaN;
        const read = durationAt(share, count(taken)) ?? Number.NaN;
        expect(read).toBeGreaterThan(exact);
        expect(read).toBeLessThanOrEqual(exact * 1.34);
      }),
    );
  });

  it("does not depend on how the bins are ordered or divided", () => {
    const counts: BinCount[] = [
      { bin: 7, calls: 5 },
      { bin: 2, calls: 90 },
      { bin: 7, calls: 5 },
    ];
    expect([0.5, 0.9, 0.91, 1].map((share) => durationAt(share, counts))).toEqual([16, 16, 48, 48]);
  });

  it("above the last bound is that bound", () => {
    expect(durationAt(0.5, count([3_600_000]))).toBe(BIN_BOUNDS_MS.at(-1));
  });
});

describe("the bounds", () => {
  it("rise by no more than a third each, and the database has the same ones", async () => {
    const { readFile } = await import("node:fs/promises");
    const sql = await readFile("prisma/migrations/0005_analytics/migration.sql", "utf8");
    const inSql = /ARRAY\[([^\]]+)\]/.exec(sql)?.[1]?.split(",").map(Number);
    expect(inSql).toEqual(BIN_BOUNDS_MS);
    for (const [at, bound] of BIN_BOUNDS_MS.slice(1).entries()) {
      const before = BIN_BOUNDS_MS[at] ?? 0;
      expect(bound).toBeGreaterThan(before);
      expect(bound).toBeLessThanOrEqual(Math.ceil(before * 1.34));
    }
  });
});
