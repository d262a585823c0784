import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { type ChatAgent, type ChatFixture, createChatFixture, answerJson as json, OLD_ANSWER } from "#testing/chat.ts";

let fixture: ChatFixture;
let agent: ChatAgent;

beforeAll(async () => {
  fixture = await createChatFixture();
});
afterAll(() => fixture.stop());
beforeEach(async () => {
  agent = await fixture.addAgent();
});

describe("a large message", () => {
  it("ends the connection of a message that is not read to its end, and of no other", async () => {
    const far = await agent.chat({ body: JSON.stringify({ message: "x".repeat(8_000_000) }) });
    expect(far.headers.get("connection")).toBe("close");
    expect((await agent.chat({ body: "{}" })).headers.has("connection")).toBe(false);
  });

  it("takes 1 MB", async () => {
    fixture.runtime.answer(async (request, response) => {
      await request.toArray();
      json(200, OLD_ANSWER)(request, response);
    });
    expect((await agent.chat({ message: `${"\n".repeat(1024 * 1024 - 1)}x` })).status).toBe(200);
  });
});
