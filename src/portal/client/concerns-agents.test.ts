import { expect, test } from "vitest";

import { concernsAgents } from "#portal/client/concerns-agents.ts";

const builder = new Set(["builder"]);

test.each([
  [[["agents", "list"], { type: "query" }]],
  [[["agents", "get"], { input: { agentName: "builder" }, type: "query" }]],
  [[["chat", "turns"], { input: { agentName: "builder", limit: 20 }, type: "query" }]],
  [[["requests", "latest"], { input: { agentName: "builder", limit: 50 }, type: "infinite" }]],
])("%j follows from a call of builder", (key) => {
  expect(concernsAgents(key, builder)).toBe(true);
});

test.each([
  [[["agents", "get"], { input: { agentName: "reviewer" }, type: "query" }]],
  [[["agents", "search"], { input: { text: "b" }, type: "query" }]],
  [[["people", "list"], { type: "query" }]],
  [["something else"]],
])("%j does not", (key) => {
  expect(concernsAgents(key, builder)).toBe(false);
});

test("after a gap in listening every figure is out of date, people are not", () => {
  expect(concernsAgents([["costs", "byDay"], { input: { agentName: "reviewer" } }], "all")).toBe(true);
  expect(concernsAgents([["people", "list"]], "all")).toBe(false);
});
