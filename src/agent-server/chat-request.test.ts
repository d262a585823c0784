import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";

import { describe, expect, it } from "vitest";

import { parseChatRequest } from "#agent-server/chat-request.ts";
import { readJsonBody } from "#agent-server/request-body.ts";
import { shortened } from "#agent-server/shortened.ts";
import { CHAT_BODY_BYTES_MAX } from "#domain/chat-limits.ts";

describe("a chat request", () => {
  it.each([
    [{ message: "hello" }, { message: "hello", model: null }],
    [
      { message: " hello\n", stream: false, model: null, system_prompt: "x" },
      { message: " hello\n", model: null },
    ],
    [
      { message: "/context", model: "sonnet" },
      { message: "/context", model: "sonnet" },
    ],
    [
      { message: "a", model: "claude-opus-4-8[1m]" },
      { message: "a", model: "claude-opus-4-8[1m]" },
    ],
    [
      { message: "a", model: "us.anthropic.claude-x-v1:0" },
      { message: "a", model: "us.anthropic.claude-x-v1:0" },
    ],
  ])("%j is taken as %j", (body, expected) => {
    expect(parseChatRequest(body)).toEqual(expected);
  });

  it.each<[unknown, RegExp]>([
    [undefined, /text in "message"/],
    [[], /text in "message"/],
    ["hello", /text in "message"/],
    [{ message: 7 }, /text in "message"/],
    [{ message: " \n" }, /empty/],
    [{ message: "a", model: "" }, /"model"/],
    [{ message: "a", model: 5 }, /"model"/],
    [{ message: "a", model: "--dangerously-skip-permissions" }, /"model"/],
    [{ message: "a", model: "sonnet\n--x" }, /"model"/],
    [{ message: "a", model: "x".repeat(300) }, /"model"/],
  ])("%j is refused", (body, problem) => {
    expect(parseChatRequest(body)).toEqual({ problem: expect.stringMatching(problem) });
  });
});

describe("a tool's input in the log", () => {
  it("stays as it is while it is short", () => {
    const input = { command: "ls", flags: ["-l", 1, true, null], nested: { deep: { deeper: "x" } } };
    expect(shortened(input)).toEqual(input);
  });

  it("is cut where it is long, wide or deep", () => {
    const cyclic = { a: { b: { c: { d: { e: "x" } } } } };
    expect(shortened("x".repeat(5_000))).toHaveLength(2_001);
    expect(shortened(Array.from({ length: 500 }, () => 1))).toHaveLength(50);
    expect(Object.keys(Object(shortened(Object.fromEntries([...Array(500).keys()].map((k) => [k, k])))))).toHaveLength(
      50,
    );
    expect(shortened(cyclic)).toEqual({ a: { b: { c: { d: "…" } } } });
  });
});

it("a message of a megabyte is taken, whatever JSON makes of it, and one of a byte more is not", () => {
  const message = `${"\n".repeat(1024 * 1024 - 2)}é`;
  expect(JSON.stringify({ message }).length).toBeLessThan(CHAT_BODY_BYTES_MAX);
  expect(parseChatRequest({ message })).toEqual({ message, model: null });
  expect(parseChatRequest({ message: `${message}x` })).toMatchObject({ isTooLarge: true });
});

it("a body that carries a megabyte in escapes is read, and one that cannot is refused", async () => {
  const body = JSON.stringify({ message: "\u0001".repeat(1024 * 1024) });
  const read = (text: string) => readJsonBody(incoming(text));
  expect(await read(body)).toHaveProperty("value");
  expect(await read(`${body}${" ".repeat(10_000)}`)).toMatchObject({ status: 413 });
});

function incoming(text: string): IncomingMessage {
  const bytes = Buffer.from(text);
  const chunks = [bytes.subarray(0, 100_000), bytes.subarray(100_000)];
  return { iterator: () => Readable.from(chunks) } as unknown as IncomingMessage; // all of it that is read
}
