import fc from "fast-check";
import { expect, test } from "vitest";

import { type CountedCall, createDayUses } from "#domain/day-uses.ts";

const builder = { agentId: 7, agentName: "builder", ownerName: "Ada", type: null, template: null };
const UNREPORTED = {
  inputTokens: null,
  outputTokens: null,
  cacheReadInputTokens: null,
  cacheCreation5mInputTokens: null,
  cacheCreation1hInputTokens: null,
  webSearchRequests: null,
};
const call = (at: string, rest: Partial<CountedCall> = {}): CountedCall => ({
  admittedAt: new Date(at),
  model: "claude-opus-4-5",
  outcome: "completed",
  listCost: 5n,
  usage: { ...UNREPORTED, inputTokens: 10 },
  agent: builder,
  ...rest,
});

test("a day is given once a call of an earlier one has come, and the last with the rest", () => {
  const uses = createDayUses();
  expect(uses.add([call("2026-03-02T23:59:59.999Z"), call("2026-03-02T00:00:00Z")])).toEqual([]);
  const [use, ...others] = uses.add([call("2026-03-01T23:59:59.999Z", { outcome: "refused", listCost: 0n })]);
  expect(others).toEqual([]);
  expect(use).toMatchObject({ ...builder, requests: 2, refusedRequests: 0, listCost: 10n });
  expect(use?.dayStart).toEqual(new Date("2026-03-02T00:00:00Z"));
  expect(use?.tokens).toMatchObject({ inputTokens: 20, outputTokens: 0 });
  expect(uses.rest()).toMatchObject([{ requests: 1, refusedRequests: 1, listCost: 0n }]);
  expect(uses.rest()).toEqual([]);
});

test("another model, agent or owner is another line, in the order of agents and models", () => {
  const uses = createDayUses();
  const at = "2026-03-02T12:00:00Z";
  uses.add([
    call(at, { model: "claude-sonnet-4-5" }),
    call(at, { agent: { ...builder, ownerName: "Grace" } }),
    call(at, { agent: { ...builder, agentId: 8, agentName: "archivist" } }),
    call(at),
  ]);
  expect(uses.rest().map(({ agentName, ownerName, model }) => [agentName, ownerName, model])).toEqual([
    ["archivist", "Ada", "claude-opus-4-5"],
    ["builder", "Grace", "claude-opus-4-5"],
    ["builder", "Ada", "claude-opus-4-5"],
    ["builder", "Ada", "claude-sonnet-4-5"],
  ]);
});

test("nothing is lost or counted twice, wherever the pages end", () => {
  const hours = fc.array(fc.nat({ max: 100 }), { maxLength: 60 });
  fc.assert(
    fc.property(hours, fc.integer({ min: 1, max: 9 }), (ago, pageSize) => {
      const calls = ago
        .toSorted((a, b) => a - b)
        .map((hour, n) =>
          call(new Date(Date.UTC(2026, 2, 20) - hour * 3_600_000).toISOString(), { listCost: BigInt(n) }),
        );
      const uses = createDayUses();
      const given = [];
      for (let at = 0; at < calls.length; at += pageSize) given.push(...uses.add(calls.slice(at, at + pageSize)));
      given.push(...uses.rest());
      expect(given.reduce((sum, { requests }) => sum + requests, 0)).toBe(calls.length);
      expect(given.reduce((sum, { listCost }) => sum + listCost, 0n)).toBe(
        calls.reduce((sum, { listCost }) => sum + listCost, 0n),
      );
      expect(new Set(given.map(({ dayStart }) => dayStart.getTime())).size).toBe(given.length);
    }),
  );
});
