import { expect, it } from "vitest";

import { prepareCandidate, resultsSentence } from "#portal/ui/adoption/prepare-candidate.ts";

it.each([
  ["not_routed", [], { route: true, restore: false }],
  ["routed", [], { route: false, restore: true }],
  ["lost", [], { route: true, restore: true }],
  ["missing", ["Its container is gone."], { route: false, restore: false }],
  ["not_routed", ["It keeps its workspace on no volume."], { route: false, restore: false }],
] as const)("of a container that is %s with the obstacles %j, this can be done: %j", (state, obstacles, may) => {
  expect(prepareCandidate({ state, obstacles: [...obstacles] }).may).toEqual(may);
});

it("what came of several is told with the reasons of those that failed", () => {
  const results = [
    { name: "a", problem: null },
    { name: "b", problem: "b is at work." },
  ];
  expect(resultsSentence(results)).toBe("Done: 1. Not done: 1. b: b is at work.");
  expect(resultsSentence([])).toBe("There was nothing to do.");
});
