import { stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { afterEach, beforeEach, expect, it } from "vitest";

import { ask } from "#testing/ask.ts";
import type { TestAgent } from "#testing/gateway.ts";
import { type LoggingGateway, startLoggingGateway } from "#testing/logging-gateway.ts";
import type { Script } from "../../e2e/anthropic/script.ts";

const SPOOL_MB = 1;
const SCRIPT: Script = { text: "Hello.", usage: { input_tokens: 10, output_tokens: 2 } };
const DELIVERED_MS = 110_000;

let logging: LoggingGateway;
let agent: TestAgent;
beforeEach(async () => {
  logging = await startLoggingGateway({ env: { HELICONE_SPOOL_MB: String(SPOOL_MB) } });
  agent = await logging.gateway.addAgent("a1");
}, 60_000);
afterEach(() => logging.stop());

/** Makes calls, several at once, which all have to be answered. */
async function makeCalls(count: number, text = "hi"): Promise<void> {
  let left = count;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      const body = { messages: [{ role: "user", content: text }], stream: left % 2 === 0 };
      const { status } = await ask(logging.gateway.url, { key: agent.key, script: SCRIPT, body });
      expect(status).toBe(200);
    }
  };
  await Promise.all(Array.from({ length: 20 }, lane));
}

async function idsOf(count: number): Promise<string[]> {
  const rows = await logging.gateway.ledger(agent, count);
  expect(rows).toHaveLength(count);
  return rows.map(({ id }) => id).toSorted();
}

async function stateOf(): Promise<Record<string, number>> {
  const text = "SELECT state, count(*)::int AS count FROM helicone_outbox GROUP BY 1";
  const { rows } = await logging.gateway.pool.query<{ state: string; count: number }>(text);
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}

async function report() {
  const { rows } = await logging.gateway.pool.query("SELECT helicone FROM gateway_instances");
  return rows[0]?.helicone;
}

it("gone for 1,000 calls: nobody notices, and then all of them are there, none twice", async () => {
  await logging.helicone.setFaults({ jawn: "down" });
  await makeCalls(1_000);
  const ids = await idsOf(1_000);
  await expect.poll(report, { timeout: 15_000 }).toMatchObject({
    mode: "log",
    breaker: null,
    backlog: { waiting: 1_000, unsure: 0, rejected: 0, failing: true, lastError: expect.stringMatching(/Helicone/) },
  });
  await logging.helicone.setFaults({ jawn: "up" });
  expect(await logging.delivered(DELIVERED_MS)).toBe(0);
  expect(logging.helicone.violations()).toEqual([]);
  expect(logging.idsThere()).toEqual(ids);
  await expect
    .poll(report, { timeout: 15_000 })
    .toMatchObject({ backlog: { waiting: 0, oldestAt: null, failing: false, lastError: null } });
});

it("too slow to answer what it takes: that is asked after, and nothing is there twice", async () => {
  await logging.helicone.setFaults({ slowMs: 400 });
  await makeCalls(100);
  const ids = await idsOf(100);
  await expect.poll(logging.idsThere, { timeout: 20_000 }).not.toEqual([]);
  // The next posts are given up after 25 s; 2 s later Helicone has them.
  await logging.helicone.setFaults({ slowMs: 27_000 });
  await expect.poll(stateOf, { timeout: 40_000 }).toHaveProperty("unsure");
  await logging.helicone.setFaults({ slowMs: 0 });
  expect(await logging.delivered(DELIVERED_MS)).toBe(0);
  expect(logging.idsThere()).toEqual(ids);
}, 200_000);

it.each(["clickhouseDown", "postgresDown"] as const)(
  "answering 200 to what it loses (%s): calls wait until it can keep them",
  async (fault) => {
    await makeCalls(10);
    expect(await logging.delivered()).toBe(0);
    await logging.helicone.setFaults({ [fault]: true });
    await makeCalls(60);
    const ids = await idsOf(70);
    await sleep(3_000);
    await logging.helicone.setFaults({ [fault]: false });
    expect(await logging.delivered(DELIVERED_MS)).toBe(0);
    expect(logging.idsThere()).toEqual(ids);
  },
);

it("the gateway killed while it delivers: all calls are there in the end, none twice", async () => {
  await logging.setContent(agent, "full");
  await logging.helicone.setFaults({ slowMs: 300 });
  await makeCalls(200);
  for (let kill = 0; kill < 3; kill += 1) {
    await expect.poll(stateOf, { timeout: 20_000 }).toHaveProperty("posting");
    await sleep(400);
    await logging.gateway.restart("SIGKILL");
  }
  await logging.helicone.setFaults({ slowMs: 0 });
  expect(await logging.delivered(DELIVERED_MS)).toBe(0);
  expect(logging.idsThere()).toEqual(await idsOf(200));
  expect(logging.helicone.violations()).toEqual([]);
  await expect.poll(logging.spooled, { timeout: 70_000 }).toEqual([]);
});

it("the spool is never larger than its limit; the oldest calls are told without their texts", async () => {
  await logging.setContent(agent, "full");
  await logging.helicone.setFaults({ jawn: "down" });
  for (let call = 0; call < 30; call += 1) {
    const body = { messages: [{ role: "user", content: `call-${call} ${"x".repeat(100_000)}` }] };
    await ask(logging.gateway.url, { key: agent.key, script: SCRIPT, body });
    expect(await spoolBytes()).toBeLessThanOrEqual(SPOOL_MB * 1_000_000);
  }
  await expect.poll(report, { timeout: 15_000 }).toMatchObject({
    spool: { limitBytes: SPOOL_MB * 1_000_000, dropped: 21 },
    backlog: { waiting: 30 },
  });
  const ids = (await logging.gateway.ledger(agent, 30)).map(({ id }) => id);
  await logging.helicone.setFaults({ jawn: "up" });
  expect(await logging.delivered(DELIVERED_MS)).toBe(0);
  const withText = ids.map((id) => JSON.stringify(logging.told(id)?.request).includes("call-"));
  expect(withText).toEqual(ids.map((_, at) => at >= 21));
  await expect.poll(logging.spooled).toEqual([]);
});

it("a key that Helicone does not know: calls wait, and the portal can say why", async () => {
  const strange = await startLoggingGateway({
    env: { HELICONE_WRITE_KEY: "pk-helicone-aaaaaaa-aaaaaaa-aaaaaaa-aaaaaaa" },
  });
  try {
    const { key } = await strange.gateway.addAgent("a");
    await ask(strange.gateway.url, { key, script: SCRIPT });
    const backlog = async () =>
      (await strange.gateway.pool.query("SELECT helicone -> 'backlog' AS backlog FROM gateway_instances")).rows[0]
        ?.backlog;
    await expect
      .poll(backlog, { timeout: 20_000 })
      .toMatchObject({ waiting: 1, failing: true, lastError: "Helicone does not know this key." });
    expect(strange.helicone.rows).toEqual([]);
  } finally {
    await strange.stop();
  }
});

async function spoolBytes(): Promise<number> {
  const folder = path.join(logging.gateway.dataDir, "helicone-spool");
  const sizes = await Promise.all(
    (await logging.spooled()).map((name) =>
      stat(path.join(folder, name)).then(
        ({ size }) => size,
        () => 0, // gone meanwhile
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
