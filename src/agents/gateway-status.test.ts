import { describe, expect, it } from "vitest";

import { gatewayStatus } from "#agents/gateway-status.ts";

const NOW = new Date("2026-03-15T12:00:00.000Z");
const URL = "http://127.0.0.1:8585";
const report = (secondsAgo: number, holdsAnthropicKey = true, journalBacklog = 0) => ({
  seenAt: new Date(NOW.getTime() - secondsAgo * 1000),
  holdsAnthropicKey,
  journalBacklog,
});

describe("the gateway's status", () => {
  it("is unknown before one has reported", () => {
    expect(gatewayStatus([], URL, NOW)).toEqual({
      state: "never",
      seenAt: null,
      holdsAnthropicKey: null,
      journalBacklog: null,
      url: URL,
    });
  });

  it.each([
    [0, "reporting"],
    [15, "reporting"],
    [15.001, "silent"],
    [86_400, "silent"],
    [-2, "reporting"],
  ])("after %d s without a word is %s", (secondsAgo, state) => {
    expect(gatewayStatus([report(secondsAgo)], URL, NOW)).toMatchObject({ state, holdsAnthropicKey: true });
  });

  it("counts the backlogs of those that report, and holds a key only if all of them do", () => {
    const reports = [report(1, true, 3), report(5, false, 4), report(600, true, 100)];
    expect(gatewayStatus(reports, URL, NOW)).toMatchObject({
      state: "reporting",
      seenAt: reports[0]?.seenAt,
      holdsAnthropicKey: false,
      journalBacklog: 7,
    });
  });

  it("gives the last words of a silent one", () => {
    expect(gatewayStatus([report(60, false, 9), report(600, true, 1)], URL, NOW)).toMatchObject({
      state: "silent",
      holdsAnthropicKey: false,
      journalBacklog: 9,
    });
  });
});
