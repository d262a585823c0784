import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { appRouter } from "#portal/api/routers/app-router.ts";
import { createCallerFactory } from "#portal/api/trpc.ts";
import {
  type ChatAgent,
  type ChatFixture,
  createChatFixture,
  answerJson as json,
  OLD_ANSWER,
  streamHeaders,
} from "#testing/chat.ts";

let fixture: ChatFixture;
let agent: ChatAgent;
let key: string;

beforeAll(async () => {
  fixture = await createChatFixture();
});
afterAll(() => fixture.stop());
beforeEach(async () => {
  agent = await fixture.addAgent();
  // A credential of its own, which no pattern tells.
  const spec = fixture.runtime.specs.get(agent.name);
  if (spec === undefined) throw new Error("the agent was not made");
  key = `own-canary-of-${agent.name}`;
  fixture.runtime.specs.set(agent.name, { ...spec, environment: { ...spec.environment, ANTHROPIC_API_KEY: key } });
});

describe("an agent whose server repeats its secrets", () => {
  it("is not repeated in an answer, by REST or tRPC", async () => {
    const log = [{ id: "t1", type: "tool_use", tool: "Bash", input: { command: `echo ${key}` } }];
    const answer = { ...OLD_ANSWER, response: `It is ${key}.`, execution_log: log, metadata: { note: key } };
    fixture.runtime.answer(json(200, answer));
    const text = await (await agent.chat()).text();
    expect(JSON.parse(text)).toMatchObject({ response: "It is [redacted]." });
    expect(text).not.toContain(key);
    const caller = createCallerFactory(appRouter)(fixture.olga.context);
    expect(JSON.stringify(await caller.chat.send({ agentName: agent.name, message: "hello" }))).not.toContain(key);
  });

  it("is not repeated in a stream, though a secret is divided between two events", async () => {
    fixture.runtime.answer((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const text of [`It is ${key.slice(0, 9)}`, `${key.slice(9)}.`]) {
        response.write(`event: text\ndata: ${JSON.stringify({ part: 1, text })}\n\n`);
      }
      response.end(`event: result\ndata: ${JSON.stringify({ ...OLD_ANSWER, response: `It is ${key}.` })}\n\n`);
    });
    const told = await (await agent.chat({ headers: streamHeaders(fixture.olga) })).text();
    const events = told.split("\n\n").flatMap((event) => /^data: (.*)$/m.exec(event)?.[1] ?? []);
    const words = events.map((data) => JSON.parse(data)).flatMap(({ text }) => text ?? []);
    expect(words.join("")).toBe("It is [redacted].");
    expect(told).toContain('"response":"It is [redacted]."');
  });

  it.each([
    [422, { detail: (secret: string) => `No such model: ${secret}` }],
    [400, { detail: (secret: string) => ({ code: secret, message: `bad ${secret}` }) }],
  ])("is not repeated in the reason of a refusal (%i)", async (status, { detail }) => {
    fixture.runtime.answer(json(status, { detail: detail(key) }));
    for (const headers of [undefined, streamHeaders(fixture.olga)]) {
      const text = await (await agent.chat(headers === undefined ? {} : { headers })).text();
      expect(text).toContain("[redacted]");
      expect(text).not.toContain(key);
    }
  });
});
