import { describe, expect, it } from "vitest";

import type { HeliconeReach, HeliconeStatus } from "#portal/client/answers.ts";
import { formatBytes, prepareConcern } from "#portal/ui/observability/prepare-helicone-state.ts";

const SINCE = "2026-11-24T10:00:00.000Z";
const BACKLOG = {
  ...{ waiting: 0, oldestAt: null, unsure: 0, rejected: 0 },
  ...{ failing: false, failingSince: null, lastError: null },
};
const WORKING: HeliconeStatus = {
  state: "working",
  mode: "log",
  seenAt: new Date(SINCE),
  breaker: null,
  backlog: BACKLOG,
  spool: { bytes: 0, limitBytes: 512_000_000, dropped: 0 },
};
const ANSWERING: HeliconeReach = { state: "answering" };

describe("what a person should know first of Helicone", () => {
  it("is nothing while everything works, and nothing is claimed before it was asked", () => {
    expect(prepareConcern(WORKING, ANSWERING)).toBeNull();
    expect(prepareConcern(WORKING, undefined)).toBeNull();
  });

  it.each<[string, HeliconeReach, Partial<HeliconeStatus>, string]>([
    ["not set up", { state: "not_set_up", isAlive: true }, {}, "Helicone is not set up yet"],
    ["gone", { state: "unreachable", problem: "It is away." }, {}, "Helicone cannot be reached"],
    [
      "without databases",
      { state: "failing", problem: "x." },
      {},
      "Helicone is there, but does not answer as it should",
    ],
    ["unheard of", ANSWERING, { state: "unknown", seenAt: null }, "No gateway says how it gets on with Helicone"],
    [
      "gone around",
      ANSWERING,
      { state: "failing", mode: "proxy", breaker: { state: "open", since: SINCE, reason: "it hangs" } },
      "Calls go around Helicone at the moment",
    ],
    [
      "taking nothing",
      ANSWERING,
      { state: "failing", backlog: { ...BACKLOG, failing: true, failingSince: SINCE, lastError: "HTTP 500" } },
      "Helicone takes nothing at the moment",
    ],
  ])("names the cause when Helicone is %s", (_, reach, change, title) => {
    expect(prepareConcern({ ...WORKING, ...change }, reach)?.title).toBe(title);
  });

  it("says that agents are not affected, as its mode has it", () => {
    const unreachable: HeliconeReach = { state: "unreachable", problem: "It is away." };
    expect(prepareConcern(WORKING, unreachable)?.body).toContain("Their calls wait");
    const breaker = { state: "open", since: SINCE, reason: "it hangs" } as const;
    const around: HeliconeStatus = { ...WORKING, mode: "proxy", breaker };
    expect(prepareConcern(around, unreachable)?.body).toContain("straight to Anthropic");
  });

  it("does not say that calls go around while they still pass through a Helicone that cannot keep them", () => {
    const failing: HeliconeReach = { state: "failing", problem: "Helicone's ClickHouse does not answer." };
    const breaker = { state: "closed", since: SINCE, reason: null } as const;
    const body = prepareConcern({ ...WORKING, mode: "proxy", breaker }, failing)?.body;
    expect(body).toContain("may keep none of them");
    expect(body).toContain("within half a minute");
    expect(body).not.toContain("Their calls go straight");
  });

  it("gives the reason as a sentence", () => {
    const breaker = { state: "open", since: SINCE, reason: "it ended a connection (ECONNRESET)" } as const;
    expect(prepareConcern({ ...WORKING, state: "failing", breaker }, ANSWERING)?.body).toMatch(
      /^Why: It ended a connection \(ECONNRESET\)\. Agents/,
    );
  });
});

it.each([
  [0, "0 bytes"],
  [999, "999 bytes"],
  [1_000, "1.0 KB"],
  [12_345_678, "12 MB"],
  [512_000_000, "512 MB"],
  [1_400_000_000, "1.4 GB"],
])("%d bytes are read as %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
