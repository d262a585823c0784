import { expect, test } from "vitest";

import { activeOption, steppedOption } from "#portal/ui/palette/active-option.ts";

const OPTIONS = ["/overview", "/agents", "/agents/builder"];

test.each([
  [null, "/overview"],
  ["/agents", "/agents"],
  ["/gone", "/overview"],
])("of those gone to, %j leaves %j to be opened", (chosen, active) => {
  expect(activeOption(OPTIONS, chosen)).toBe(active);
});

test.each([
  ["/overview", 1, "/agents"],
  ["/agents/builder", 1, "/overview"],
  ["/overview", -1, "/agents/builder"],
  ["/gone", 1, "/overview"],
  [null, -1, "/overview"],
] as const)("from %j a step of %i leads to %j", (active, step, next) => {
  expect(steppedOption(OPTIONS, active, step)).toBe(next);
});

test("where nothing is found, nothing is opened", () => {
  expect(activeOption([], "/agents")).toBeNull();
  expect(steppedOption([], null, 1)).toBeNull();
});
