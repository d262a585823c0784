import { describe, expect, it } from "vitest";

import { passwordProblem } from "#domain/password-rule.ts";

const EMAIL = "ada.lovelace@example.com";

describe("a password", () => {
  it.each([
    "four calm otters read",
    "xkcd-936-battery!",
    "éééé ñandú wörld",
    "            a b",
    "🦦🦦🦦🦦 and 8 more",
    "correct-horse-1",
  ])("may be %j", (password) => {
    expect(passwordProblem(password, EMAIL)).toBeNull();
  });

  it("needs twelve characters, counted as people count them", () => {
    expect(passwordProblem("elevenchars", EMAIL)).toMatch(/at least 12/);
    expect(passwordProblem("twelve chars", EMAIL)).toBeNull();
    expect(passwordProblem("🦦🦝🦊🐻🐼🐨", EMAIL)).toMatch(/at least 12/);
    expect(passwordProblem("long words ".repeat(24), EMAIL)).toMatch(/at most 256/);
  });

  it.each(["ada.lovelace@example.com", "ADA.LOVELACE@example.com", "ada.lovelace", "Ada.Lovelace1815"])(
    "is not the e-mail: %j",
    (password) => {
      expect(passwordProblem(password, EMAIL)).toMatch(/not your e-mail/);
    },
  );

  it.each([
    "password1234",
    "Password 2026!!",
    "123456789012",
    "abcdefghijkl",
    "qwertyuiopas",
    "aaaaaaaaaaaa",
    "ababababababab",
    "changeme2026!",
  ])("is none that everybody tries: %j", (password) => {
    expect(passwordProblem(password, EMAIL)).toMatch(/first ones that are tried/);
  });
});
