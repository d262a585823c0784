import { expect, it } from "vitest";

import { isBearer } from "#signals/scrape-token.ts";

it.each([
  ["Bearer the-token", true],
  ["bearer  the-token", true],
  ["Bearer the-token2", false],
  ["Bearer the-toke", false],
  ["the-token", false],
  ["Basic the-token", false],
  ["Bearer ", false],
  [undefined, false],
  [null, false],
])("%s: %s", (header, isIn) => expect(isBearer(header, "the-token")).toBe(isIn));
