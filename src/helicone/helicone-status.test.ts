import { describe, expect, it } from "vitest";

import type { HeliconeReport } from "#domain/helicone-log.ts";
import { heliconeStatus } from "#helicone/helicone-status.ts";

const NOW = new Date("2026-11-24T12:00:00.000Z");
const SINCE = "2026-11-24T11:00:00.000Z";
const BACKLOG = {
  ...{ waiting: 0, oldestAt: null, unsure: 0, rejected: 0 },
  ...{ failing: false, failingSince: null, lastError: null },
};
const REPORT: HeliconeReport = {
  mode: "log",
  breaker: null,
  backlog: BACKLOG,
  spool: { bytes: 5, limitBytes: 100, dropped: 1 },
};
const report = (secondsAgo: number, fields: Partial<HeliconeReport> = {}) => ({
  seenAt: new Date(NOW.getTime() - secondsAgo * 1_000),
  helicone: { ...REPORT, ...fields },
});

describe("how the gateways get on with Helicone", () => {
  it("is off where it is turned off, whatever was reported before", () => {
    expect(heliconeStatus([report(1)], null, NOW)).toEqual({
      ...{ state: "off", mode: null, seenAt: null },
      ...{ breaker: null, backlog: null, spool: null },
    });
  });

  it("is not known without a report, from gateways that say nothing of it, or when the last word is old", () => {
    expect(heliconeStatus([], "log", NOW)).toMatchObject({ state: "unknown", seenAt: null });
    expect(heliconeStatus([{ seenAt: NOW, helicone: null }], "log", NOW)).toMatchObject({ state: "unknown" });
    const silent = heliconeStatus([report(16)], "log", NOW);
    expect(silent).toMatchObject({ state: "unknown", seenAt: report(16).seenAt, backlog: BACKLOG });
  });

  it("is failing where nothing gets through, or where calls go around it", () => {
    expect(heliconeStatus([report(1)], "log", NOW).state).toBe("working");
    const failing = { ...BACKLOG, failing: true, failingSince: SINCE, lastError: "it is away" };
    expect(heliconeStatus([report(1, { backlog: failing })], "log", NOW).state).toBe("failing");
    for (const state of ["closed", "open", "half_open"] as const) {
      const breaker = { state, since: SINCE, reason: null };
      const wanted = state === "closed" ? "working" : "failing";
      expect(heliconeStatus([report(1, { breaker })], "proxy", NOW).state).toBe(wanted);
    }
  });

  it("sums up those that report: the worst breaker, the common outbox, all spools", () => {
    const open = { state: "open", since: SINCE, reason: "it hangs" } as const;
    const closed = { state: "closed", since: SINCE, reason: null } as const;
    const reports = [
      report(1, { breaker: closed, backlog: { ...BACKLOG, waiting: 3 } }),
      report(2, { breaker: open, backlog: { ...BACKLOG, waiting: 4 } }),
      report(60, { spool: { bytes: 1_000, limitBytes: 1_000, dropped: 9 } }),
    ];
    expect(heliconeStatus(reports, "proxy", NOW)).toMatchObject({
      state: "failing",
      breaker: open,
      backlog: { waiting: 3 },
      spool: { bytes: 10, limitBytes: 200, dropped: 2 },
    });
  });
});
