import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { type SessionPart, toSessionTree } from "#domain/session-tree.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 2, 15, 12, minute));
const part = (promptId: string | null, subagentId: string | null, fields: Partial<SessionPart> = {}): SessionPart => ({
  promptId,
  subagentId,
  firstCallAt: at(0),
  endedAt: at(1),
  requests: 1,
  failed: 0,
  refused: 0,
  estimated: 0,
  listCost: 5n,
  tokensIn: 10,
  tokensOut: null,
  models: ["claude-opus-5-5"],
  ...fields,
});
const turn = (minute: number, until: number | null) => ({
  id: `turn-${minute}`,
  askedBy: "Ada",
  workedFrom: at(minute),
  finishedAt: until === null ? null : at(until),
});

describe("the tree of a session", () => {
  it("has the prompts and their subagents in the order of their first calls", () => {
    const tree = toSessionTree(
      [
        part("second", null, { firstCallAt: at(10), endedAt: at(11) }),
        part("first", "late", { firstCallAt: at(5), endedAt: at(6) }),
        part("first", "early", { firstCallAt: at(3), endedAt: at(20) }),
        part("first", null, { firstCallAt: at(1), endedAt: at(2), models: ["claude-haiku-4-5"] }),
      ],
      [],
    );
    expect(tree.map(({ promptId }) => promptId)).toEqual(["first", "second"]);
    expect(tree[0]?.subagents.map(({ subagentId }) => subagentId)).toEqual(["early", "late"]);
    expect(tree[0]?.sums).toMatchObject({ firstCallAt: at(1), endedAt: at(20), requests: 3, listCost: 15n });
    expect(tree[0]?.sums.models).toEqual(["claude-haiku-4-5", "claude-opus-5-5"]);
    expect(tree[1]).toMatchObject({ subagents: [], main: { requests: 1 } });
  });

  it("says of a prompt without own calls that there are none, and keeps unknown counts unknown", () => {
    const [prompt] = toSessionTree([part("p", "sub"), part("p", "other", { tokensIn: null })], []);
    expect(prompt?.main).toBeNull();
    expect(prompt?.sums).toMatchObject({ tokensIn: 10, tokensOut: null });
  });

  it("gives a prompt the turn that was worked on when it began; calls that name no prompt have none", () => {
    const parts = [
      part("before", null, { firstCallAt: at(1) }),
      part("asked", null, { firstCallAt: at(6) }),
      part("between", null, { firstCallAt: at(9) }),
      part("open", null, { firstCallAt: at(15) }),
      part(null, null, { firstCallAt: at(16) }),
    ];
    const tree = toSessionTree(parts, [turn(12, null), turn(5, 8)]);
    expect(tree.map((prompt) => prompt.turn?.id ?? null)).toEqual([null, "turn-5", null, "turn-12", null]);
  });

  it("loses no call and no cost, whatever the parts", () => {
    const some = fc.record({
      promptId: fc.option(fc.constantFrom("a", "b", "c")),
      subagentId: fc.option(fc.constantFrom("x", "y", "z")),
      requests: fc.nat(50),
      listCost: fc.bigInt({ min: 0n, max: 10n ** 15n }),
    });
    const parts = fc.uniqueArray(some, { selector: (one) => `${one.promptId} ${one.subagentId}` });
    fc.assert(
      fc.property(parts, (drawn) => {
        const given = drawn.map(({ promptId, subagentId, ...sums }) => part(promptId, subagentId, sums));
        const tree = toSessionTree(given, []);
        const nodes = tree.flatMap(({ main, subagents }) => [
          ...(main ? [main] : []),
          ...subagents.map(({ sums }) => sums),
        ]);
        for (const list of [nodes, tree.map(({ sums }) => sums)]) {
          expect(list.reduce((sum, one) => sum + one.listCost, 0n)).toBe(
            drawn.reduce((sum, one) => sum + one.listCost, 0n),
          );
          expect(list.reduce((sum, one) => sum + one.requests, 0)).toBe(
            drawn.reduce((sum, one) => sum + one.requests, 0),
          );
        }
      }),
    );
  });
});
