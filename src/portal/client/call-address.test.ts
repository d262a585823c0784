import { describe, expect, it } from "vitest";

import { ANY_CALL, type CallQuery } from "#domain/call-query.ts";
import { callQueryOf, callQueryText, FIRST_QUERY, withCall, withQuery } from "#portal/client/call-address.ts";

const FULL: CallQuery = {
  span: { start: new Date("2026-11-01T00:00:00.000Z"), end: new Date("2026-11-02T12:30:00.000Z") },
  sort: "lowest-cache-hit",
  filter: {
    agentName: "builder & co",
    ownerId: "0196f1a2-3c4d-4e5f-8a6b-7c8d9e0f1a2b",
    model: "claude-opus-4-8",
    outcome: "failed",
    status: 529,
    sessionId: "=1+1",
    subagentId: "sub",
    costMin: 1n,
    costMax: 12_500_000_000n,
    tokensMin: 0,
    tokensMax: 150_000,
    latencyMinMs: 10,
    latencyMaxMs: 60_000,
  },
};

const read = (text: string) => callQueryOf(new URLSearchParams(text));

describe("the address of a view", () => {
  it("brings back the whole view", () => {
    expect(read(callQueryText(FULL))).toEqual(FULL);
    expect(read(callQueryText({ ...FIRST_QUERY, span: "1h" }))).toEqual({ ...FIRST_QUERY, span: "1h" });
  });

  it("is empty on the first visit", () => {
    expect(callQueryText(FIRST_QUERY)).toBe("");
    expect(read("")).toEqual({ span: "7d", sort: "newest", filter: ANY_CALL });
  });

  it.each([
    "span=9d",
    "from=2026-11-02&to=2026-11-01",
    "from=x&to=y",
    "sort=dear",
    "owner=1",
    "status=99",
    "cost_min=-1",
    "tokens_min=1e3",
  ])("is read as if what cannot be read were not there: %s", (text) => {
    expect(read(text)).toEqual(FIRST_QUERY);
  });

  it("changes the view alone, and closes the call that is open", () => {
    expect(withQuery("tab=requests&model=a&call=req_1", { ...FIRST_QUERY, sort: "slowest" })).toBe(
      "?tab=requests&sort=slowest",
    );
    expect(withCall("sort=slowest", "req_1")).toBe("?sort=slowest&call=req_1");
    expect(withCall("call=req_1", null)).toBe("?");
  });
});
