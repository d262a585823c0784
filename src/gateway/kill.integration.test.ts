import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, expect, it } from "vitest";

import { startCallLoad } from "#testing/call-load.ts";
import { startTestGateway, type TestGateway } from "#testing/gateway.ts";
import { ledgerProblems, unrecordedCalls } from "#testing/verify-calls.ts";

const KILLS = 20;
const CONCURRENCY = 36;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ upstream: { callsMax: 1_000_000 } });
}, 60_000);
afterAll(() => gateway.stop());

it("killed twenty times under load: every answered call is in the ledger exactly once, as soon as the gateway is back", async () => {
  const agents = [await gateway.addAgent("a1"), await gateway.addAgent("a2", { day: 1n, action: "warn" })];
  const load = startCallLoad({ url: gateway.url, keys: agents.map((agent) => agent.key), concurrency: CONCURRENCY });
  for (let kill = 0; kill < KILLS; kill += 1) {
    await sleep(randomInt(100, 700));
    await gateway.process().end("SIGKILL");
    const answered = [...load.answered];
    await gateway.restart();
    expect(await unrecordedCalls(gateway.pool, answered)).toEqual([]);
  }
  await load.stop();
  await gateway.restart("SIGTERM");
  expect(await unrecordedCalls(gateway.pool, load.answered)).toEqual([]);
  const attempts = gateway.upstream.calls.map((call) => call.headers["x-claude-code-session-id"] ?? "");
  expect(await ledgerProblems(gateway.pool, attempts)).toEqual([]);
  expect(load.unexpected).toEqual([]);
  // The kills hit calls in flight, and there was time to answer others.
  expect(load.unanswered()).toBeGreaterThan(KILLS);
  expect(load.answered.length).toBeGreaterThan(KILLS * 5);
}, 300_000);
