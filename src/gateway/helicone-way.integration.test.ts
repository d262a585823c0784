import { setTimeout as sleep } from "node:timers/promises";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createUpstream, type Exchange, type Upstream } from "#gateway/forward.ts";
import { createHeliconeWay } from "#gateway/helicone-way.ts";
import type { MessageWay } from "#gateway/message-way.ts";
import { createLog } from "#log.ts";
import { type RawUpstream, startRawUpstream } from "#testing/raw-upstream.ts";

const MARKED = "HTTP/1.1 200 OK\r\nhelicone-id: 1\r\n";
const JSON_TYPE = "content-type: application/json\r\n";
const EVENTS = "content-type: text/event-stream; charset=utf-8\r\n";
const PAGE = "content-type: text/html\r\n";
const ENDS = "connection: close\r\n\r\n";
/** A frame of zstd, as a Helicone passes it on that cannot decode it. */
const COMPRESSED = "\x28\xb5\x2f\xfd\x04\x58\x41\x00";
const API_ERROR = '{"error":"No authorization header","trace":"isAuthenticated.error"}';
const STRAIGHT = `HTTP/1.1 200 OK\r\n${JSON_TYPE}${ENDS}{"way":"straight"}`;
const TIMEOUT_MS = 200;
const CALL = {
  id: "0190a6c4-7f6e-7b1d-9c63-1f2e3d4c5b6a",
  agentId: 1,
  admittedAt: new Date(0),
  requestedModel: "m",
  isStreamed: false,
  requestBytes: 2,
  ...{ sessionId: null, subagentId: null, promptId: null },
};
const AGENT = {
  id: 1,
  name: "a1",
  ownerId: null,
  type: null,
  budgets: [],
  pausedAt: null,
  rateLimit: null,
  isRemoved: false,
};

/** What a Helicone does with a call of which every byte is chosen; null: it ends the connection; "silence": nothing. */
let reply: string | null;
let helicone: RawUpstream;
let anthropic: RawUpstream;
let direct: Upstream;
let way: MessageWay;
beforeEach(async () => {
  helicone = await startRawUpstream((socket) => {
    if (reply === null) socket.destroy();
    else if (reply !== "silence") socket.end(reply, "latin1");
  });
  anthropic = await startRawUpstream((socket) => socket.end(STRAIGHT));
  direct = createUpstream({ url: anthropic.url, headersTimeoutMs: 5_000, idleTimeoutMs: 5_000 });
  way = createHeliconeWay({
    direct,
    settings: {
      url: helicone.url,
      timeoutMs: TIMEOUT_MS,
      idleTimeoutMs: 1_500,
      headersTimeoutMs: 5_000,
      keepingCheckMs: 60_000,
    },
    askKeeping: async () => null,
    doubts: { doubt: () => undefined, stop: () => undefined },
    writeKey: () => "pk-helicone-aaaaaaa-bbbbbbb-ccccccc-ddddddd",
    agentById: () => AGENT,
    log: createLog("test", "silent"),
  });
});
afterEach(async () => {
  await Promise.all([way.close(), direct.close(), helicone.close(), anthropic.close()]);
});

type Heard = { events: string[]; sight: string; state: string | undefined };

/** Makes one call and says what its client hears. */
async function call(): Promise<Heard> {
  const events: string[] = [];
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const exchange: Exchange = {
    method: "POST",
    path: "/v1/messages",
    headers: ["content-type", "application/json"],
    body: Buffer.from("{}"),
    onHead: (status, headers) => void events.push(`${status} ${headers["helicone-id"] ?? ""}`.trim()),
    onChunk: (chunk) => events.push(chunk.toString("latin1")) > 0,
    onEnd() {
      events.push("end");
      end();
    },
    onError({ kind }) {
      events.push(kind);
      end();
    },
  };
  const forwarding = way.forward(CALL, exchange);
  await ended;
  return { events, sight: forwarding.heliconeSight(), state: way.breaker()?.state };
}

const STRAIGHT_ANSWER = ["200", '{"way":"straight"}', "end"];

describe("what comes from Helicone and is no answer of Anthropic's", () => {
  it.each<[string, string | null, string]>([
    ["compressed bytes in place of a message", `${MARKED}${JSON_TYPE}${ENDS}${COMPRESSED}`, "unsure"],
    ["compressed bytes in place of a stream", `${MARKED}${EVENTS}${ENDS}${COMPRESSED}`, "unsure"],
    ["a page that is marked as Anthropic's success", `${MARKED}${PAGE}${ENDS}<!DOCTYPE html>`, "none"],
    ["nothing, in good order", `${MARKED}${JSON_TYPE}${ENDS}`, "unsure"],
    ["the head alone, and then the end", `${MARKED}${JSON_TYPE}content-length: 50\r\n\r\n`, "unsure"],
    ["a thrown error", `HTTP/1.1 500 No\r\n${PAGE}${ENDS}<pre>FetchError`, "none"],
    ["its API's 401", `HTTP/1.1 401 Unauthorized\r\n${JSON_TYPE}${ENDS}${API_ERROR}`, "none"],
    ["its API's 404", `HTTP/1.1 404 Not Found\r\n${JSON_TYPE}${ENDS}{}`, "none"],
    ["a redirection", `HTTP/1.1 308 Moved\r\nlocation: https://us.helicone.ai/signin\r\n${ENDS}`, "none"],
    ["no HTTP at all", "220 mail.example.com ESMTP\r\n", "unsure"],
    ["the end of the connection", null, "unsure"],
    ["no answer, to a probe neither", "silence", "unsure"],
  ])("is never seen, and the breaker opens: %s", async (_what, bytes, sight) => {
    reply = bytes;
    expect(await call()).toEqual({ events: STRAIGHT_ANSWER, sight, state: "open" });
    expect(anthropic.requests).toHaveLength(1);
    const asked = helicone.requests.length;
    expect(await call()).toEqual({ events: STRAIGHT_ANSWER, sight: "none", state: "open" });
    expect(helicone.requests).toHaveLength(asked);
  });

  it.each([400, 413, 431])("and is about the request alone leaves the breaker closed: %i", async (status) => {
    reply = `HTTP/1.1 ${status} No\r\n${PAGE}${ENDS}<pre>PayloadTooLargeError</pre>`;
    expect(await call()).toEqual({ events: STRAIGHT_ANSWER, sight: "none", state: "closed" });
    await call();
    expect(helicone.requests).toHaveLength(2);
  });

  it("and is about the one call that tries whether Helicone works leaves that to the next one", async () => {
    reply = null;
    await call();
    reply = `HTTP/1.1 401 No\r\nhelicone-id: 1\r\n${JSON_TYPE}${ENDS}{}`;
    await expect.poll(() => way.breaker()?.state, { timeout: 5_000 }).toBe("half_open");
    await sleep(200); // the probe has been answered
    reply = `HTTP/1.1 413 No\r\n${PAGE}${ENDS}<pre>PayloadTooLargeError</pre>`;
    expect(await call()).toEqual({ events: STRAIGHT_ANSWER, sight: "none", state: "half_open" });
    reply = `${MARKED}${JSON_TYPE}${ENDS}{"id":"msg_1"}`;
    expect(await call()).toEqual({ events: ["200", '{"id":"msg_1"}', "end"], sight: "whole", state: "closed" });
  });

  it("takes the headers for Helicone along to it, and to it alone", async () => {
    reply = null;
    await call();
    expect(helicone.requests[0]).toMatch(
      /^POST \/v1\/gateway\/anthropic\/v1\/messages HTTP[\s\S]*\r\nHelicone-Auth: Bearer pk-/,
    );
    expect(anthropic.requests.join()).not.toMatch(/helicone/i);
  });
});

describe("an answer of Anthropic's that came through Helicone", () => {
  it.each([
    ["a message", `${MARKED}${JSON_TYPE}${ENDS}{"id":"msg_1"}`, ["200", '{"id":"msg_1"}', "end"]],
    [
      "an error",
      `HTTP/1.1 529 No\r\nhelicone-id: 1\r\n${JSON_TYPE}${ENDS}{"type":"error"}`,
      ["529", '{"type":"error"}', "end"],
    ],
    ["an error without a body", `HTTP/1.1 503 No\r\nhelicone-id: 1\r\ncontent-length: 0\r\n${ENDS}`, ["503", "end"]],
  ])("passes: %s", async (_what, bytes, events) => {
    reply = bytes;
    expect(await call()).toEqual({ events, sight: "whole", state: "closed" });
    expect(anthropic.requests).toEqual([]);
  });

  it.each([["is cut", `${MARKED}${EVENTS}content-length: 500\r\n\r\nevent: message_start\n`]])(
    "and %s in the middle ends as cut: nothing is sent again, and the breaker opens",
    async (_what, bytes) => {
      reply = bytes;
      const { events, sight, state } = await call();
      expect(events).toEqual(["200", "event: message_start\n", "cut"]);
      expect([sight, state]).toEqual(["unsure", "open"]);
      expect(anthropic.requests).toEqual([]);
    },
  );
});
