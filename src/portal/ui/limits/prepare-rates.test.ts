import { expect, test } from "vitest";

import { prepareRate, rateDraftProblem, ratesText, toRate, toRatesDraft } from "#portal/ui/limits/prepare-rates.ts";

test("saved rates come into the form as they would be typed, none as nothing", () => {
  expect(toRatesDraft({ requestsPerMinute: 60, tokensPerMinute: null })).toEqual({ requests: "60", tokens: "" });
  expect([toRate(" 60 "), toRate("")]).toEqual([60, null]);
});

test.each([
  ["", null],
  ["60", null],
  ["0", "pause it"],
  ["-1", "negative"],
  ["1.5", "whole number"],
  ["1e3", "whole number"],
  ["many", "whole number"],
  ["99999999", "At most"],
])("of %j requests it says %j while it is typed", (text, words) => {
  if (words === null) expect(rateDraftProblem("requests", text)).toBeNull();
  else expect(rateDraftProblem("requests", text)).toContain(words);
});

test("rates are said in words", () => {
  expect(ratesText({ requestsPerMinute: 60, tokensPerMinute: 100_000 })).toBe(
    "60 requests and 100,000 tokens a minute",
  );
  expect(ratesText({ requestsPerMinute: 1, tokensPerMinute: null })).toBe("1 request a minute");
  expect(ratesText({ requestsPerMinute: null, tokensPerMinute: null })).toBe("not limited");
});

test("a bar never runs over its end, and its words tell what is left", () => {
  expect(prepareRate("requests", 30, 60)).toEqual({
    fillPercent: 50,
    tone: "plain",
    words: "30 of 60 requests",
    remaining: "30 left",
  });
  expect(prepareRate("requests", 50, 60).tone).toBe("near");
  expect(prepareRate("tokens", 150, 100)).toMatchObject({ fillPercent: 100, tone: "stop", remaining: "0 left" });
  expect(prepareRate("tokens", 150, null)).toMatchObject({ fillPercent: null, words: "150 tokens, no limit" });
});
