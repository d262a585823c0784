import { expect, test } from "vitest";

import { prepareCostByDay } from "#portal/ui/agent/prepare-cost-by-day.ts";

const now = new Date("2026-11-24T14:30:00Z");
const CENT = 10_000_000n;

function day(date: string, listCost: bigint, requests: number) {
  return { dayStart: new Date(`${date}T00:00:00Z`), listCost, requests };
}

const days = [
  day("2026-11-21", 0n, 0),
  day("2026-11-22", 0n, 0),
  day("2026-11-23", 123n * CENT, 40),
  day("2026-11-24", 247n * CENT, 1),
];

test("days before the agent existed are gaps, quiet days are zeros", () => {
  const { points } = prepareCostByDay(days, { createdAt: new Date("2026-11-22T10:00:00Z"), now });
  expect(points.map(({ label, usd }) => [label, usd])).toEqual([
    ["21 Nov", null],
    ["22 Nov", 0],
    ["23 Nov", 1.23],
    ["24 Nov", 2.47],
  ]);
  expect(points[0]).toMatchObject({ cost: "not created yet", calls: "" });
});

test("only the day that is still running is marked", () => {
  const { points } = prepareCostByDay(days, { createdAt: new Date(0), now });
  expect(points.map(({ isRunning }) => isRunning)).toEqual([false, false, false, true]);
});

test("totals are summed exactly and said in words", () => {
  const view = prepareCostByDay(days, { createdAt: new Date(0), now });
  expect(view).toMatchObject({
    total: "$3.70",
    requests: "41 calls",
    summary: "$3.70 in the last 4 days; the dearest day was 24 Nov with $2.47.",
  });
  expect(view.points[3]).toMatchObject({ cost: "$2.47", calls: "1 call" });
});

test("a period without cost says so", () => {
  expect(prepareCostByDay(days.slice(0, 2), { createdAt: new Date(0), now }).summary).toBe(
    "No cost in the last 2 days.",
  );
});
