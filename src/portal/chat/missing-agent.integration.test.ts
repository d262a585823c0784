import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { type ChatAgent, type ChatFixture, createChatFixture } from "#testing/chat.ts";

let fixture: ChatFixture;
let agent: ChatAgent;

beforeAll(async () => {
  fixture = await createChatFixture();
});
afterAll(() => fixture.stop());
beforeEach(async () => {
  agent = await fixture.addAgent();
});

describe("a message for an agent that is not there any more is refused", () => {
  it("because what ran the agent was removed behind our back: 503, with the way out, since it cannot be started", async () => {
    await fixture.runtime.remove(agent.name);
    const response = await agent.chat();
    expect(response.status).toBe(503);
    expect((await response.json()).detail).toBe(
      `${agent.name} is not running. What ran it was removed behind the portal’s back. Rotate its key, or save its routing, to make it again.`,
    );
  });
});
