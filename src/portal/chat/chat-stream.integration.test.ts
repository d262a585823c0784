import type { ServerResponse } from "node:http";

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  answerJson,
  type ChatAgent,
  type ChatFixture,
  createChatFixture,
  OLD_ANSWER,
  streamHeaders,
} from "#testing/chat.ts";

let fixture: ChatFixture;
let agent: ChatAgent;

beforeAll(async () => {
  fixture = await createChatFixture();
});
afterAll(() => fixture.stop());
beforeEach(async () => {
  agent = await fixture.addAgent();
});

const event = (name: string, data: unknown) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
const open = (response: ServerResponse) => response.writeHead(200, { "content-type": "text/event-stream" });
const ask = (signal?: AbortSignal) =>
  agent.chat({ headers: streamHeaders(fixture.olga), ...(signal === undefined ? {} : { signal }) });
const eventsOf = (text: string) =>
  text
    .split("\n\n")
    .filter((block) => block.startsWith("event: "))
    .map((block) => {
      const [name = "", data = ""] = block.split("\n");
      return [name.slice(7), JSON.parse(data.slice(6))];
    });

describe("a streamed turn", () => {
  it("reaches the reader piece by piece, in order, and ends with the whole answer", async () => {
    let finish: () => void = () => undefined;
    fixture.runtime.answer((request, response) => {
      expect(request.headers.accept).toBe("text/event-stream");
      open(response).write(event("text", { part: 1, text: "Let me " }));
      finish = () => {
        response.write(event("tool", { id: "t1", type: "tool_use", tool: "Bash", input: { command: "ls" } }));
        response.write(event("tool", { id: "t1", type: "tool_result", tool: "Bash", success: true, duration_ms: 3 }));
        response.write(event("something_of_tomorrow", {}));
        response.end(event("text", { part: 1, text: "look." }) + event("result", OLD_ANSWER));
      };
    });
    const response = await ask();
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/event-stream; charset=utf-8"]);
    const reader = response.body?.getReader();
    const first = Buffer.from((await reader?.read())?.value ?? []).toString();
    expect(first).toBe(event("text", { part: 1, text: "Let me " }));
    finish();
    let rest = "";
    for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
      rest += Buffer.from(next.value).toString();
    }
    expect(eventsOf(rest)).toEqual([
      ["tool", { id: "t1", tool: "Bash", state: "started", duration_ms: null }],
      ["tool", { id: "t1", tool: "Bash", state: "succeeded", duration_ms: 3 }],
      ["text", { part: 1, text: "look." }],
      ["result", { ...OLD_ANSWER, execution: { id: expect.any(String), queue_status: null, was_queued: null } }],
    ]);
  });

  it("of an agent that cannot stream comes in one piece", async () => {
    fixture.runtime.answer(answerJson(200, OLD_ANSWER));
    const events = eventsOf(await (await ask()).text());
    expect(events.map(([name]) => name)).toEqual(["tool", "text", "result"]);
  });

  it("that the gateway stops midway ends with the same refusal, status and all", async () => {
    await agent.limitTo("0.10");
    fixture.runtime.answer(async (_request, response) => {
      open(response).write(event("text", { part: 1, text: "I begin" }));
      await agent.spend();
      expect(await agent.spend()).toBe(402);
      response.end(event("error", { status: 429, detail: { code: "budget_exceeded", message: "stopped" } }));
    });
    const events = eventsOf(await (await ask()).text());
    expect(events).toMatchObject([
      ["text", { text: "I begin" }],
      ["error", { status: 429, detail: { code: "budget_exceeded", spent_usd: 0.45 }, retry_after: expect.any(Number) }],
    ]);
  });

  it("that was refused ahead has the status of a refusal", async () => {
    await agent.limitTo("0");
    expect((await ask()).status).toBe(429);
  });

  it("that breaks off says so", async () => {
    fixture.runtime.answer((_request, response) => {
      open(response).write(event("text", { part: 1, text: "I beg" }), () => response.destroy());
    });
    const events = eventsOf(await (await ask()).text());
    expect(events.at(-1)).toMatchObject(["error", { status: 502, error: { code: "agent_cut_off" } }]);
  });

  it("that never ends an event of 10 MB is given up", async () => {
    fixture.runtime.answer((_request, response) => {
      open(response).write(`event: text\ndata: ${"x".repeat(10_000_000)}`);
    });
    const events = eventsOf(await (await ask()).text());
    expect(events).toMatchObject([["error", { status: 502, error: { code: "agent_garbled" } }]]);
  });
});

describe("a reader who leaves", () => {
  const agentIsLeft = (begin: (response: ServerResponse) => void) =>
    new Promise<{ left: Promise<void> }>((arrived) => {
      fixture.runtime.answer((_request, response) => {
        begin(response);
        arrived({ left: new Promise((resolve) => response.once("close", () => resolve())) });
      });
    });
  const noted = () => expect.poll(agent.turns).toMatchObject([{ status: 499, errorCode: "client_left" }]);

  it("in the middle of a stream takes the turn along", async () => {
    const begun = agentIsLeft((response) => open(response).write(event("text", { part: 1, text: "I" })));
    const reader = (await ask()).body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await (await begun).left;
    await noted();
  });

  it("before the first word takes the turn along", async () => {
    const begun = agentIsLeft(() => undefined);
    const leaving = new AbortController();
    const answer = agent.chat({ signal: leaving.signal });
    const { left } = await begun;
    leaving.abort();
    await left;
    expect((await answer).status).toBe(499);
    await noted();
  });
});
