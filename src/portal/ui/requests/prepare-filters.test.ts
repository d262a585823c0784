import { describe, expect, it } from "vitest";

import { ANY_CALL } from "#domain/call-query.ts";
import { isNarrowed, ownersOf, prepareChips } from "#portal/ui/requests/prepare-filters.ts";

describe("what a view is narrowed to", () => {
  it("is said in words, a bound of zero too", () => {
    const chips = prepareChips({
      ...ANY_CALL,
      model: "m",
      costMin: 0n,
      tokensMax: 150_000,
      latencyMinMs: 2_500,
      sessionId: "s",
    });
    expect(chips).toEqual([
      { key: "sessionId", label: "session s" },
      { key: "costMin", label: "cost from $0.00" },
      { key: "tokensMax", label: "up to 150,000 tokens" },
      { key: "latencyMinMs", label: "took 2.5 s or longer" },
    ]);
    expect([isNarrowed(ANY_CALL), isNarrowed({ ...ANY_CALL, costMin: 0n })]).toEqual([false, true]);
  });
});

describe("the owners to choose from", () => {
  const [ada, olga] = [
    { id: "1", name: "Ada" },
    { id: "2", name: "Olga" },
  ];
  it("are each there once, by name, and the chosen one in any case", () => {
    const agents = [{ owner: olga }, { owner: null }, { owner: ada }, { owner: olga }];
    expect(ownersOf(agents, null)).toEqual([ada, olga]);
    expect(ownersOf(agents, "9")).toEqual([{ id: "9", name: "A former owner" }, ada, olga]);
  });
});
