import { TRPCClientError } from "@trpc/client";
import { expect, test } from "vitest";

import { failureOf, failureText } from "#portal/client/failure.ts";

function refusal(code: string, message: string) {
  return new TRPCClientError(message, { result: { error: { code: -32000, message, data: { code } } } });
}

test("a refusal is shown in the server's own words, and trying again would not help", () => {
  const error = refusal("CONFLICT", "Grace Hopper saved other limits.");
  expect(failureOf(error)).toEqual({ text: "Grace Hopper saved other limits.", code: "CONFLICT", isPassing: false });
});

test("no answer at all is told apart from a refusal", () => {
  const failure = failureOf(new TRPCClientError("fetch failed"));
  expect(failure).toMatchObject({ code: null, isPassing: true });
  expect(failure.text).toMatch(/could not be reached/);
});

test("a fault's own text is never shown", () => {
  expect(failureOf(refusal("INTERNAL_SERVER_ERROR", "relation does not exist")).text).not.toContain("relation");
  expect(failureOf(new Error("secret")).text).not.toContain("secret");
});

test("while nothing has failed there is nothing to say", () => {
  expect([failureText(null), failureText(undefined)]).toEqual([null, null]);
});
