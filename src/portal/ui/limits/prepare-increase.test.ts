import { expect, test } from "vitest";

import { endChoices, increasePeople, increaseStanding, increaseText } from "#portal/ui/limits/prepare-increase.ts";

const NOW = new Date("2026-11-24T12:00:00Z");
const later = new Date("2026-11-25T00:00:00Z");
const earlier = new Date("2026-11-24T00:00:00Z");

test.each([
  ["requested", later, "waiting"],
  ["requested", earlier, "over"],
  ["granted", later, "in force"],
  ["granted", earlier, "over"],
  ["declined", later, "declined"],
  ["ended", earlier, "ended early"],
] as const)("what is %s and ends at %s is %s", (state, endsAt, standing) => {
  expect(increaseStanding({ state, endsAt }, NOW)).toBe(standing);
});

test("it is said how much more, and who is behind it", () => {
  const facts = {
    period: "day",
    amount: 5_000_000_000n,
    requestedBy: "Olga",
    decidedBy: "Ada",
    endsAt: later,
  } as const;
  expect(increaseText(facts)).toBe("$5.00 more a day");
  expect(increasePeople({ ...facts, state: "granted" })).toBe("asked for by Olga, granted by Ada");
  expect(increasePeople({ ...facts, state: "declined" })).toBe("asked for by Olga, declined by Ada");
  expect(increasePeople({ ...facts, state: "requested" })).toBe("asked for by Olga");
  expect(increasePeople({ ...facts, state: "granted", requestedBy: "Ada" })).toBe("given by Ada");
});

test("ends are those of the budget's own days and month", () => {
  const budget = {
    day: { resetsAt: new Date("2026-11-24T18:30:00Z") },
    month: { resetsAt: new Date("2026-11-30T18:30:00Z") },
    timeZone: "Asia/Kolkata",
  };
  expect(endChoices(budget, NOW).map(({ label }) => label)).toEqual([
    "the end of today (00:00 Asia/Kolkata)",
    "the end of the day after tomorrow (27 Nov, 00:00 Asia/Kolkata)",
    "the end of a week from today (2 Dec, 00:00 Asia/Kolkata)",
    "the end of the month (1 Dec, 00:00 Asia/Kolkata)",
  ]);
});
