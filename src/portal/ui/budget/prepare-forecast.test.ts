import { expect, test } from "vitest";

import { parseUsd } from "#domain/money.ts";
import { forecastText, shortForecast, whatIfText } from "#portal/ui/budget/prepare-forecast.ts";

const NOW = new Date("2026-11-24T12:00:00Z");
const usd = (text: string) => parseUsd(text) ?? 0n;

function budget(spent: string, limit: string | null) {
  const period = { spent: usd(spent), limit: limit === null ? null : usd(limit) };
  return { day: period, month: period, timeZone: "UTC" };
}

test("a limit that will be reached is said with its time and where the period ends", () => {
  const forecast = { endsAt: usd("14.20"), reachesLimitAt: new Date("2026-11-24T15:40:00Z") };
  expect(forecastText(budget("8", "10"), { period: "day", forecast }, NOW)).toBe(
    "At this pace it reaches today's limit at about 15:40 UTC; today ends at about $14.20 of $10.00.",
  );
  const late = { endsAt: usd("312"), reachesLimitAt: new Date("2026-11-29T10:00:00Z") };
  expect(forecastText(budget("200", "300"), { period: "month", forecast: late }, NOW)).toContain(
    "at about 29 Nov, 10:00 UTC; the month ends at about $312.00 of $300.00.",
  );
});

test("a limit that holds is said with where the period ends", () => {
  const forecast = { endsAt: usd("9"), reachesLimitAt: null };
  expect(forecastText(budget("8", "10"), { period: "day", forecast }, NOW)).toBe(
    "At this pace today ends at about $9.00 of $10.00.",
  );
  expect(forecastText(budget("8", null), { period: "month", forecast }, NOW)).toBe(
    "At this pace the month ends at about $9.00.",
  );
});

test("no calls lately, no history, and a limit that is reached are told apart", () => {
  const still = { endsAt: usd("8"), reachesLimitAt: null };
  expect(forecastText(budget("8", "10"), { period: "day", forecast: still }, NOW)).toContain("none did lately");
  expect(forecastText(budget("8", "10"), { period: "day", forecast: null }, NOW)).toContain("No forecast");
  expect(forecastText(budget("10", "10"), { period: "day", forecast: still }, NOW)).toBeNull();
  expect(shortForecast(null)).toBeNull();
  expect(shortForecast(still)).toBe("≈ $8.00");
});

test("what limits would have done is said for those that stop and those that warn", () => {
  const said = (reachedDays: number, days: number, action: "block" | "warn" | "none" = "block") =>
    whatIfText({ reachedDays, days }, { subject: "the agent", action });
  expect(said(3, 30)).toBe("With these limits the agent would have been stopped on 3 of the last 30 days.");
  expect(said(0, 30)).toBe("With these limits the agent would not have been stopped on any of the last 30 days.");
  expect(said(5, 5)).toBe("With these limits the agent would have been stopped on every one of the last 5 days.");
  expect(said(1, 1)).toBe("With these limits the agent would have been stopped yesterday.");
  expect(said(3, 30, "warn")).toContain("would have been over its limit on 3 of");
  expect(said(3, 30, "none")).toBeNull();
  expect(whatIfText(null, { subject: "the agent", action: "block" })).toBeNull();
});
