import { afterAll, beforeAll, expect, it } from "vitest";
import { GATEWAY_ANTHROPIC_KEY, startTestGateway, type TestGateway } from "#testing/gateway.ts";
import { toObject } from "../../e2e/anthropic/json.ts";
import { createUpstreamClient, messageBody } from "../../e2e/anthropic/upstream-client.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
}, 60_000);
afterAll(() => gateway.stop());

it("a call of a new agent goes through to the upstream and into the ledger, also after a kill", async () => {
  const agent = await gateway.addAgent("first", { day: 10_000_000_000n, action: "block" });
  const ask = async () => {
    const headers = { "x-api-key": agent.key };
    const response = await fetch(`${gateway.url}/v1/messages`, {
      method: "POST",
      headers,
      body: JSON.stringify(messageBody()),
    });
    return toObject(await response.json()).type;
  };
  expect(await ask()).toBe("message");
  await gateway.restart("SIGKILL");
  expect(await ask()).toBe("message");
  const rows = await gateway.ledger(agent, 2);
  expect(rows.map((row) => [row.outcome, row.model])).toEqual([
    ["completed", "claude-sonnet-5-5"],
    ["completed", "claude-sonnet-5-5"],
  ]);
  expect(gateway.upstream.calls.map((call) => call.headers["x-api-key"])).toEqual([
    GATEWAY_ANTHROPIC_KEY,
    GATEWAY_ANTHROPIC_KEY,
  ]);
});

it("an unknown key does not get through", async () => {
  expect((await createUpstreamClient(gateway.url).post(messageBody())).status).toBe(401);
});
