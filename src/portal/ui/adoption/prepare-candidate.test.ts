import { expect, it } from "vitest";

import { prepareCandidate, resultsSentence } from "#portal/ui/adoption/prepare-candidate.ts";

it.each([
  ["not_routed", null, [], { route: true, restore: false }],
  ["routed", "gateway", [], { route: false, restore: true }],
  ["routed", "helicone", [], { route: true, restore: true }],
  ["routed", "direct", [], { route: true, restore: true }],
  ["lost", "gateway", [], { route: true, restore: true }],
  ["missing", "gateway", ["Its container is gone."], { route: false, restore: false }],
  ["not_routed", null, ["It keeps its workspace on no volume."], { route: false, restore: false }],
] as const)(
  "of a container that is %s by %s with the obstacles %j, this can be done: %j",
  (state, routing, obstacles, may) => {
    expect(prepareCandidate({ state, routing, obstacles: [...obstacles] }).may).toEqual(may);
  },
);

it("what came of several is told with the reasons of those that failed", () => {
  const results = [
    { name: "a", problem: null },
    { name: "b", problem: "b is at work." },
  ];
  expect(resultsSentence(results)).toBe("Done: 1. Not done: 1. b: b is at work.");
  expect(resultsSentence([])).toBe("There was nothing to do.");
});

it("one that goes past the gateway is never simply called routed", () => {
  const words = (["gateway", "helicone", "direct"] as const).map(
    (routing) => prepareCandidate({ state: "routed", routing, obstacles: [] }).word,
  );
  expect(words).toEqual(["Routed", "Unguarded", "Unguarded"]);
});
