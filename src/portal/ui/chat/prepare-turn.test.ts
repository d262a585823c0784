import { describe, expect, it } from "vitest";

import type { ChatTurn } from "#portal/client/answers.ts";
import { toRefusal } from "#portal/client/chat-stream.ts";
import { prepareTurnCost, prepareTurnEnding, refusalTitle } from "#portal/ui/chat/prepare-turn.ts";

const turn = (part: Partial<ChatTurn>): ChatTurn => ({
  id: "1",
  askedBy: "Olga",
  isByApiKey: false,
  startedAt: new Date(0),
  finishedAt: new Date(1),
  status: 200,
  errorCode: null,
  listCost: 12_345_000n,
  calls: 3,
  isEstimated: false,
  ...part,
});

describe("what a turn cost", () => {
  it("is the ledger's figure with its calls, and says when it is estimated", () => {
    expect(prepareTurnCost(turn({}))).toBe("$0.01 · 3 calls");
    expect(prepareTurnCost(turn({ listCost: 1_200_000n, calls: 1, isEstimated: true }))).toBe(
      "$0.0012 (estimated) · 1 call",
    );
  });

  it("is not said before there is a call, and is nothing when there never was one", () => {
    expect(prepareTurnCost(turn({ calls: 0, finishedAt: null }))).toBe("");
    expect(prepareTurnCost(turn({ calls: 0, listCost: 0n }))).toBe("No calls, no cost");
    expect(prepareTurnCost(turn({ calls: 0, listCost: null }))).toBe("Cost unknown: its calls are no longer kept");
  });
});

describe("how a turn ended", () => {
  it.each([
    [{}, null],
    [{ finishedAt: null, status: null }, "running"],
    [{ errorCode: "budget_exceeded" }, "stopped by a budget"],
    [{ errorCode: "paused" }, "stopped by a pause"],
    [{ errorCode: "client_left" }, "stopped"],
    [{ errorCode: "agent_garbled" }, "failed"],
  ])("%j: %s", (part, words) => {
    expect(prepareTurnEnding(turn(part))).toBe(words);
  });
});

describe("the title of a refusal", () => {
  it.each([
    [{ code: "budget_exceeded" }, "builder was stopped by its budget"],
    [{ code: "budget_exceeded", budget: "pool" }, "builder was stopped by its pool’s budget"],
    [{ code: "budget_exceeded", budget: "fleet" }, "builder was stopped by the fleet’s budget"],
    [{ code: "paused" }, "builder is paused"],
    [{ code: "rate_limited" }, "builder is calling too fast"],
  ])("names what stopped the agent: %j", (detail, title) => {
    expect(refusalTitle(toRefusal(429, { detail }), "builder")).toBe(title);
  });
});
