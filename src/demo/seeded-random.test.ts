import { describe, expect, it } from "vitest";

import { createRandom } from "#demo/seeded-random.ts";

const NUMBERS = Array.from({ length: 2_000 });

describe("createRandom", () => {
  it("gives the same for the same seed, and something else for another", () => {
    const draw = (seed: string) => {
      const random = createRandom(seed);
      return [random.next(), random.int(1, 1_000), random.uuid(), random.letters(12), random.callId(new Date(0))];
    };
    expect(draw("a")).toEqual(draw("a"));
    expect(draw("a")).not.toEqual(draw("b"));
  });

  it("spreads evenly from 0 to 1", () => {
    const random = createRandom("even");
    const tenths = new Array<number>(10).fill(0);
    for (const _ of NUMBERS) {
      const tenth = Math.floor(random.next() * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    expect(tenths).toHaveLength(10);
    expect(Math.min(...tenths)).toBeGreaterThan(150);
    expect(Math.max(...tenths)).toBeLessThan(250);
  });

  it("draws whole numbers within their bounds, both included", () => {
    const random = createRandom("int");
    expect(new Set(NUMBERS.map(() => random.int(3, 6)))).toEqual(new Set([3, 4, 5, 6]));
  });

  it("draws sizes around their median, never 0", () => {
    const random = createRandom("around");
    const sizes = NUMBERS.map(() => random.around(400)).sort((a, b) => a - b);
    expect(sizes[1_000]).toBeGreaterThan(360);
    expect(sizes[1_000]).toBeLessThan(440);
    expect(sizes.at(-1)).toBeGreaterThan(1_200);
    expect(Math.min(...NUMBERS.map(() => random.around(1)))).toBe(1);
  });

  it("picks by weight", () => {
    const random = createRandom("pick");
    const picked = NUMBERS.map(() =>
      random.pick([["often", 3] as const, ["rarely", 1] as const, ["never", 0] as const]),
    );
    const count = (name: string) => picked.filter((entry) => entry === name).length;
    expect(count("often") / count("rarely")).toBeGreaterThan(2.4);
    expect(count("often") / count("rarely")).toBeLessThan(3.7);
    expect(count("never")).toBe(0);
  });

  it("makes ids of calls that sort by their instants and differ within one", () => {
    const random = createRandom("ids");
    const [at, later] = [new Date("2026-11-24T10:00:00.000Z"), new Date("2026-11-24T10:00:00.001Z")];
    const ids = NUMBERS.map(() => random.callId(at));
    expect(new Set(ids).size).toBe(NUMBERS.length);
    expect(ids.every((id) => id < random.callId(later))).toBe(true);
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(random.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
