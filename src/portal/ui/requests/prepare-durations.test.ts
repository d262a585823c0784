import { describe, expect, it } from "vitest";

import { prepareDurations } from "#portal/ui/requests/prepare-durations.ts";

const NONE = { p50: null, p90: null, p99: null };
const step = (hour: number, latency: { p50: number | null; p90: number | null; p99: number | null }) => ({
  start: new Date(Date.UTC(2026, 10, 24, hour)),
  calls: 1,
  latency,
  first_byte: NONE,
});

describe("the curves of how long calls took", () => {
  it("have a gap where nobody called, and rise by the factor", () => {
    const steps = [
      step(0, { p50: 100, p90: 1_000, p99: 10_000 }),
      step(1, NONE),
      step(2, { p50: 1_000, p90: 1_000, p99: 9_999 }),
      step(3, { p50: 100, p90: 1_000, p99: 9_999 }),
    ];
    const { curves, ticks, isEmpty } = prepareDurations({ steps }, "latency");
    expect(isEmpty).toBe(false);
    expect(ticks.map(({ label }) => label)).toEqual(["100 ms", "1 s", "10 s", "1 min"]);
    const [half] = curves;
    expect(half?.parts.map((part) => part.map(({ x }) => x))).toEqual([[0], [2 / 3, 1]]);
    expect(half?.parts[0]?.[0]?.y).toBe(0);
    expect(half?.parts[1]?.[0]?.y).toBeCloseTo(Math.log(10) / Math.log(600));
  });

  it("are none where nobody called at all", () => {
    expect(prepareDurations({ steps: [step(0, NONE)] }, "latency").isEmpty).toBe(true);
    expect(prepareDurations({ steps: [step(0, { p50: 5, p90: 5, p99: 5 })] }, "first_byte").isEmpty).toBe(true);
  });
});
