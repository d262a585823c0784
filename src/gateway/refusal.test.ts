import { expect, it } from "vitest";

import { BUDGET_REACHED, PAUSED, TOO_FAST } from "#gateway/refusal.ts";

const WORDS = [
  "usage limit",
  "rate limit",
  "rate_limit",
  "out of usage",
  "resets ",
  "exceeded your",
  "quota exceeded",
  "unauthorized",
  "authentication",
  "credentials",
  "forbidden",
  "401",
  "403",
  "oauth",
  "credit balance",
];

function wordsIn(text: string): string[] {
  return WORDS.filter((word) => text.toLowerCase().includes(word));
}

it("a spent budget is told without a word that looks like trouble with the credential", () => {
  const { message, ...rest } = BUDGET_REACHED("https://llm.example.com");
  expect(wordsIn(message)).toEqual([]);
  expect(message).toBe(
    "This agent has reached its spending budget and was stopped. An administrator can let it go on: https://llm.example.com/stopped",
  );
  expect(rest).toEqual({ status: 402, type: "billing_error", isFinal: true });
});

it.each(["http://localhost:4010", "https://oauth.example.com", "http://10.0.4.1:34031", "https://x/Forbidden"])(
  "the portal's address is left out where it holds such a word itself: %s",
  (url) => {
    const { message } = BUDGET_REACHED(url);
    expect(wordsIn(message)).toEqual([]);
    expect(message).toMatch(/can let it go on$/);
  },
);

it("a pause is told as finally and as neutrally as a spent budget, in words of its own", () => {
  const { message, ...rest } = PAUSED("https://llm.example.com");
  expect(wordsIn(message)).toEqual([]);
  expect(message).toBe(
    "This agent is paused and was stopped. An administrator can let it go on: https://llm.example.com/stopped",
  );
  expect(rest).toEqual({ status: 402, type: "billing_error", isFinal: true });
});

it.each([
  [1, 1],
  [1_000, 1],
  [1_001, 2],
  [54_001, 55],
  [60_000, 55],
])(
  "an agent that calls too fast is told to wait %d ms in whole seconds that Claude Code waits out: %d",
  (waitMs, seconds) => {
    const refusal = TOO_FAST(waitMs);
    expect(refusal).toMatchObject({ status: 429, type: "rate_limit_error", retryAfterSeconds: seconds });
    expect(refusal.isFinal).toBeUndefined();
    expect(wordsIn(refusal.message)).toEqual([]);
  },
);
