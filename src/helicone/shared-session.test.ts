import { expect, it } from "vitest";

import { obstacleToSession } from "#helicone/shared-session.ts";

it.each([
  ["http://localhost:3000", "http://localhost:3001", undefined],
  ["https://llm.example.com", "https://llm.example.com:3001", undefined],
  ["https://llm.example.com", "https://helicone.example.com", "example.com"],
  ["https://example.com", "https://helicone.example.com", "example.com"],
])("the session of %s reaches %s (%s)", (portalUrl, doorUrl, cookieDomain) => {
  expect(obstacleToSession({ portalUrl, doorUrl, cookieDomain })).toBeNull();
});

it.each([
  ["http://localhost:3000", "http://127.0.0.1:3001", undefined, /host name/],
  ["https://llm.example.com", "https://helicone.example.com", undefined, /host name/],
  ["https://llm.example.com", "https://helicone.example.com", "other.com", /COOKIE_DOMAIN: has to be/],
  ["https://llm.example.com", "https://notexample.com", "example.com", /COOKIE_DOMAIN: has to be/],
  ["https://llm.example.com", "http://llm.example.com:3001", undefined, /https address/],
])("the session of %s does not reach %s (%s), which is said", (portalUrl, doorUrl, cookieDomain, words) => {
  expect(obstacleToSession({ portalUrl, doorUrl, cookieDomain })).toMatch(words);
});
