import { describe, expect, it } from "vitest";

import { type StreamEvent, toRefusal } from "#portal/client/chat-stream.ts";
import { startExchange, withEvent } from "#portal/client/conversation.ts";

const told = (...events: StreamEvent[]) => events.reduce(withEvent, startExchange(0, "hello"));

describe("an exchange", () => {
  it("gathers pieces of a paragraph, and keeps paragraphs apart", () => {
    const { parts, state } = told(
      { type: "text", part: 1, text: "Let me " },
      { type: "text", part: 1, text: "look." },
      { type: "text", part: 2, text: "Done." },
    );
    expect([[...parts.values()], state]).toEqual([["Let me look.", "Done."], "answering"]);
  });

  it("forgets what was said before a call was made again", () => {
    const { parts } = told(
      { type: "text", part: 1, text: "First." },
      { type: "text", part: 2, text: "Half of" },
      { type: "retry", part: 2, waitMs: 500 },
      { type: "text", part: 2, text: "Whole." },
    );
    expect([...parts.values()]).toEqual(["First.", "Whole."]);
  });

  it("shows one line for each use of a tool, as it stands now", () => {
    const { tools } = told(
      { type: "tool", id: "a", tool: "Bash", state: "started" },
      { type: "tool", id: "b", tool: "Read", state: "started" },
      { type: "tool", id: "a", tool: "Bash", state: "failed" },
    );
    expect(tools).toEqual([
      { id: "a", tool: "Bash", state: "failed" },
      { id: "b", tool: "Read", state: "started" },
    ]);
  });

  it("has the whole answer, also when none of it was streamed", () => {
    expect([...told({ type: "answered", response: "Done." }).parts.values()]).toEqual(["Done."]);
  });
});

describe("the words of a refusal", () => {
  it.each([
    [{ detail: { code: "rate_limited", message: "Too fast." }, retry_after: 5 }, "rate_limited", "Too fast."],
    [
      { detail: "Not running.", error: { code: "unavailable", message: "Not running." } },
      "unavailable",
      "Not running.",
    ],
    ["<html>", "failed", "The portal answered with 502 and no reason."],
    [null, "failed", "The portal answered with 502 and no reason."],
  ])("%j", (body, code, message) => {
    expect(toRefusal(502, body)).toEqual({ status: 502, code, message, budget: null });
  });

  it.each(["agent", "pool", "fleet"])("say whose budget is used up: %s", (budget) => {
    const detail = { code: "budget_exceeded", message: "Spent.", budget };
    expect(toRefusal(429, { detail })).toEqual({ status: 429, code: "budget_exceeded", message: "Spent.", budget });
  });
});
