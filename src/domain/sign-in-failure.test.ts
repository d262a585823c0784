import { describe, expect, it } from "vitest";

import { describeSignInFailure, describeWait, toSignInFailureCode } from "#domain/sign-in-failure.ts";

describe("a refused sign-in", () => {
  it.each([
    [{ reason: "wrong_credentials" }, "That e-mail and password do not match an account."],
    [{ reason: "account_disabled" }, "This account is disabled. Ask an admin to enable it."],
    [{ reason: "too_many_attempts", waitSeconds: 73 }, "Too many attempts. Try again in 2 minutes."],
    [{ reason: "unavailable" }, "Signing in does not work at the moment. Try again in a minute."],
  ] as const)("%j reaches the person in words", (failure, text) => {
    expect(describeSignInFailure(toSignInFailureCode(failure))).toBe(text);
  });

  it.each(["CredentialsSignin", "", "Callback", "too_many_attempts:<script>"])(
    "reads %j without repeating it",
    (code) => {
      expect(describeSignInFailure(code)).toMatch(
        /^(Signing in does not work|Too many attempts\. Try again in a moment)/,
      );
    },
  );
});

it.each([
  [1, "1 second"],
  [44.2, "45 seconds"],
  [59, "59 seconds"],
  [60, "1 minute"],
  [61, "2 minutes"],
  [900, "15 minutes"],
  [0, "a moment"],
  [Number.NaN, "a moment"],
])("a wait of %d s is %s", (seconds, text) => {
  expect(describeWait(seconds)).toBe(text);
});
