import { Readable } from "node:stream";

import { expect, it } from "vitest";

import type { ChatEvent } from "#agents/chat-event.ts";
import { maskedChat } from "#agents/masked-chat.ts";
import { createSecretMask } from "#domain/secret-mask.ts";

const SECRET = "canary-of-the-agent";
const MASK = createSecretMask([SECRET]);

async function toldOf(...events: ChatEvent[]): Promise<ChatEvent[]> {
  const source = (async function* () {
    yield* events;
  })();
  return Readable.from(maskedChat(source, MASK)).toArray();
}

const text = (part: number, words: string): ChatEvent => ({ type: "text", part, text: words });

it("a secret that is divided between pieces of an answer, and around a tool, is told to nobody", async () => {
  const use = { id: SECRET, tool: `run ${SECRET}`, state: "started", durationMs: null } as const;
  const told = await toldOf(
    text(1, "it is canary"),
    { type: "tool", use },
    text(1, "-of-the-"),
    text(1, "agent. can"),
    text(2, "Done"),
    { type: "failed", failure: { status: 422, code: SECRET, message: `no ${SECRET}`, retryAfterSeconds: null } },
  );
  expect(told).toEqual([
    text(1, "it is "),
    { type: "tool", use: { ...use, id: "[redacted]", tool: "run [redacted]" } },
    text(1, "[redacted]. "),
    text(1, "can"),
    text(2, "Done"),
    { type: "failed", failure: { status: 422, code: "[redacted]", message: "no [redacted]", retryAfterSeconds: null } },
  ]);
});

it("what a retry has made void is not told afterwards", async () => {
  const retry = { type: "retry", part: 1, waitMs: 5 } as const;
  const answer = {
    response: `so: ${SECRET}`,
    executionLog: [{ input: { command: `echo ${SECRET}` } }],
    metadata: { cost_usd: 0.1, note: SECRET },
    session: {},
    timestamp: null,
    wasQueued: null,
    workedFrom: new Date(0),
  };
  const told = await toldOf(text(1, "canary-of"), retry, text(1, "well"), { type: "answered", answer });
  expect(told.slice(0, 2)).toEqual([retry, text(1, "well")]);
  expect(told[2]).toMatchObject({
    answer: { response: "so: [redacted]", metadata: { cost_usd: 0.1 }, workedFrom: new Date(0) },
  });
  expect(JSON.stringify(told)).not.toContain(SECRET);
});
