import { expect, test } from "vitest";

import { returnPath } from "#portal/ui/login/return-path.ts";

const origin = "https://llm.example.com";

test.each([
  ["/agents/builder?tab=budget", "/agents/builder?tab=budget"],
  ["https://llm.example.com/people", "/people"],
])("%s leads back to %s", (wanted, path) => {
  expect(returnPath(wanted, origin)).toBe(path);
});

test.each([
  null,
  "",
  "/",
  "/login?callbackUrl=/login",
  "https://evil.example/agents",
  "//evil.example/agents",
  "/\\evil.example",
  "https://llm.example.com//evil.example/x",
  "javascript:alert(1)",
  "http://llm.example.com/agents",
])("%s leads to the overview: never to another site, never in a circle", (wanted) => {
  expect(returnPath(wanted, origin)).toBe("/overview");
});
