import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, expect, it } from "vitest";

import { ask } from "#testing/ask.ts";
import { startTestGateway, type TestGateway } from "#testing/gateway.ts";

/** Loopback, but not the address that the gateway listens on by itself. */
const ADDRESS = "127.0.0.2";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
}, 60_000);
afterAll(() => gateway.stop());

it("the gateway listens where the portal says that containers are, on its port, also after a restart", async () => {
  const agent = await gateway.addAgent("contained");
  const door = `http://${ADDRESS}:${new URL(gateway.url).port}`;
  await expect(fetch(`${door}/healthz`)).rejects.toThrow();
  // The second one is on no interface of this machine: it is tried again, and is in nobody's way.
  await gateway.pool.query("INSERT INTO settings (key, value) VALUES ('gateway_listen_addresses', $1)", [
    JSON.stringify(["203.0.113.7", ADDRESS]),
  ]);
  await becomesOpen(door);
  expect((await ask(door, { key: agent.key })).status).toBe(200);
  await gateway.restart("SIGTERM");
  await becomesOpen(door);
  expect((await ask(door, { key: agent.key })).status).toBe(200);
  expect(await gateway.ledger(agent, 2)).toHaveLength(2);
});

async function becomesOpen(door: string): Promise<void> {
  const deadlineAt = Date.now() + 20_000;
  for (;;) {
    const isOpen = await fetch(`${door}/healthz`).then(
      (response) => response.ok,
      () => false,
    );
    if (isOpen) return;
    if (Date.now() > deadlineAt) throw new Error("The door did not open.");
    await sleep(50);
  }
}
