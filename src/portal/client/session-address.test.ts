import { describe, expect, it } from "vitest";

import { callQueryOf } from "#portal/client/call-address.ts";
import {
  FIRST_SESSIONS,
  openSessionOf,
  sessionCallsHref,
  sessionQueryOf,
  withSession,
  withSessions,
} from "#portal/client/session-address.ts";

describe("the address of the sessions", () => {
  it("brings back the view, and leaves out what is as at first", () => {
    const query = { span: "30d", sort: "dearest", agentName: "my agent" } as const;
    const address = withSessions("tab=sessions&open=1.a", query);
    expect(sessionQueryOf(new URLSearchParams(address))).toEqual(query);
    expect(new URLSearchParams(address).get("tab")).toBe("sessions");
    expect(openSessionOf(new URLSearchParams(address))).toBeNull();
    expect(withSessions("", FIRST_SESSIONS)).toBe("?");
    expect(sessionQueryOf(new URLSearchParams("span=ever&sort=best&agent="))).toEqual(FIRST_SESSIONS);
  });

  it("opens a session of whatever name, and none where it cannot be read", () => {
    for (const sessionId of ["0a1b", "..", "a.b/c?d=e&f", '=HYPERLINK("x")']) {
      const key = { agentId: 12, sessionId };
      expect(openSessionOf(new URLSearchParams(withSession("span=30d", key)))).toEqual(key);
    }
    for (const open of ["", "12", "12.", "x.a", "1234567890.a"]) {
      expect(openSessionOf(new URLSearchParams({ open }))).toBeNull();
    }
    expect(withSession("span=30d&open=1.a", null)).toBe("?span=30d");
  });

  it("leads to the calls of a session: its last call is in the span", () => {
    const times = { firstCallAt: new Date("2026-03-01T10:00:00.000Z"), endedAt: new Date("2026-03-01T10:00:00.000Z") };
    const href = sessionCallsHref({ ...times, sessionId: "s", subagentId: "x" });
    const query = callQueryOf(new URLSearchParams(href.split("?")[1]));
    expect(query.filter).toMatchObject({ sessionId: "s", subagentId: "x" });
    expect(query.span).toEqual({ start: times.firstCallAt, end: new Date("2026-03-01T10:00:00.001Z") });
  });
});
