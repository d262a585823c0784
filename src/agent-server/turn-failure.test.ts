import { describe, expect, it } from "vitest";

import { FAILURE_CODES } from "#agent-server/chat-answer.ts";
import { failureAnswer, failureIn, failureOfEnd, isSessionLost } from "#agent-server/turn-failure.ts";

const failed = (result: string, rest: Record<string, unknown> = {}) => ({
  type: "result",
  subtype: "success",
  is_error: true,
  result,
  ...rest,
});

/** Closing lines as Claude Code 2.1.330 and 2.1.197 have printed them. */
const CLOSINGS: [code: string, message: string, line: Record<string, unknown>][] = [
  ["budget_exceeded", "Stopped by budget.", failed("API Error: 402 Stopped by budget.", { api_error_status: 402 })],
  ["rate_limited", "60 req/min", failed("API Error: Request rejected (429) · 60 req/min", { api_error_status: 429 })],
  [
    "not_authenticated",
    "No such key.",
    failed("Failed to authenticate. API Error: 401 No such key.", { api_error_status: 401 }),
  ],
  [
    "model_unsupported",
    "There's an issue with the selected model (nonsense).",
    failed("There's an issue with the selected model (nonsense).", { api_error_status: 404 }),
  ],
  ["request_refused", "prompt is too long", failed("API Error: 400 prompt is too long", { api_error_status: 400 })],
  ["upstream_failed", "Overloaded.", failed("API Error: 529 Overloaded.", { api_error_status: 529 })],
  ["gateway_unavailable", "Not now.", failed("API Error: 503 Not now.", { api_error_status: 503 })],
  [
    "gateway_unreachable",
    "Connection refused — a firewall or proxy may be blocking it (ECONNREFUSED)",
    failed("API Error: Connection refused — a firewall or proxy may be blocking it (ECONNREFUSED)", {
      api_error_status: null,
      api_error: "connection_failed",
    }),
  ],
  [
    "gateway_unreachable",
    "Unable to connect to API (ConnectionRefused)",
    failed("API Error: Unable to connect to API (ConnectionRefused)", { api_error_status: null }),
  ],
  ["agent_failed", "Not logged in · Please run /login", failed("Not logged in · Please run /login")],
  [
    "agent_failed",
    "Reached maximum budget ($0.32)",
    { subtype: "error_max_budget_usd", is_error: false, errors: ["Reached maximum budget ($0.32)"] },
  ],
  ["agent_failed", "Claude Code stopped: error_max_turns", { subtype: "error_max_turns", is_error: true }],
];

describe("a closing line", () => {
  it.each(CLOSINGS)("of a turn that failed: %s, %s", (code, message, line) => {
    expect(failureIn(line)).toEqual({ code, message });
  });

  it("of an answer is no failure, whatever the answer says", () => {
    expect(failureIn({ subtype: "success", is_error: false, result: "API Error: 402 means…" })).toBeNull();
  });

  it("tells when the conversation is gone", () => {
    const id = "99999999-2222-4222-8222-222222222222";
    expect(
      isSessionLost({ subtype: "error_during_execution", errors: [`No conversation found with session ID: ${id}`] }),
    ).toBe(true);
    expect(isSessionLost(failed("API Error: 402 no"))).toBe(false);
  });
});

describe("a program that ended without a closing line", () => {
  const end = { exitCode: null, signal: null, stderr: "", startError: null };
  it.each([
    [{ ...end, signal: "SIGKILL" }, "Claude Code ended by SIGKILL."],
    [{ ...end, exitCode: 1, stderr: "  boom\n" }, "Claude Code ended with exit code 1: boom"],
    [{ ...end, startError: "spawn EACCES" }, "Claude Code could not be started: spawn EACCES"],
    [null, "Claude Code ended with exit code unknown."],
  ])("%j: %s", (how, message) => {
    expect(failureOfEnd(how)).toEqual({ code: "agent_failed", message });
  });

  it("has said too much to repeat it all", () => {
    expect(failureOfEnd({ ...end, exitCode: 1, stderr: "x".repeat(9_000) }).message.length).toBeLessThan(400);
  });
});

describe("the answer to a failed turn", () => {
  it("has a status and a body for every code", () => {
    const statuses = FAILURE_CODES.map((code) => {
      const { status, body } = failureAnswer({ code, message: "m" }, "bot");
      expect(body.detail).toMatchObject({ code, message: "m", agent: "bot", error: expect.stringMatching(/^[A-Z]/) });
      return [code, status];
    });
    expect(Object.fromEntries(statuses)).toEqual({
      budget_exceeded: 429,
      rate_limited: 429,
      not_authenticated: 503,
      model_unsupported: 400,
      request_refused: 400,
      gateway_unreachable: 503,
      gateway_unavailable: 503,
      upstream_failed: 502,
      time_limit: 504,
      agent_failed: 502,
      claude_not_installed: 503,
      stopping: 503,
    });
  });

  it("says when to come back where that helps, and names an unknown model as Trinity does", () => {
    expect(failureAnswer({ code: "rate_limited", message: "m" }, "bot").body.retry_after).toBe(60);
    expect(failureAnswer({ code: "budget_exceeded", message: "m" }, "bot").body).not.toHaveProperty("retry_after");
    expect(failureAnswer({ code: "model_unsupported", message: "m" }, "bot").body.detail.error_code).toBe(
      "model_unsupported",
    );
  });
});
