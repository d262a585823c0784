import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeCredentials } from "#helicone/credentials.ts";
import { ask, idOf } from "#testing/ask.ts";
import { type ProxiedGateway, startProxiedGateway } from "#testing/proxied-gateway.ts";

let proxied: ProxiedGateway;
beforeAll(async () => {
  proxied = await startProxiedGateway();
}, 60_000);
afterAll(() => proxied.stop());

describe("what the portal is told", () => {
  it("is whether calls go through Helicone, since when, and why not", async () => {
    const { gateway, agent, helicone } = proxied;
    await expect.poll(() => breakerOf(proxied), { timeout: 10_000 }).toMatchObject({ state: "closed", reason: null });
    await helicone.setFaults({ jawn: "down" });
    await ask(gateway.url, { key: agent.key });
    const reason = expect.stringMatching(/it cannot be reached/);
    await expect.poll(() => breakerOf(proxied), { timeout: 10_000 }).toMatchObject({ reason });
    const breaker = await breakerOf(proxied);
    expect(["open", "half_open"]).toContain(breaker?.state);
    expect(Date.now() - Date.parse(String(breaker?.since))).toBeLessThan(60_000);
  });

  it("is every call afterwards that Helicone has not seen, and none twice", async () => {
    const { gateway, agent, helicone } = proxied;
    const around = await ask(gateway.url, { key: agent.key });
    await helicone.setFaults({ jawn: "up" });
    await proxied.goThroughAgain();
    const through = await ask(gateway.url, { key: agent.key });
    const rows = await gateway.ledger(agent, 4);
    const countOf = (id: string) => helicone.rows.filter(({ requestId }) => requestId === id).length;
    expect(rows.map(({ id }) => id)).toEqual(expect.arrayContaining([idOf(around), idOf(through)]));
    await expect.poll(() => rows.map(({ id }) => countOf(id)), { timeout: 60_000 }).toEqual(rows.map(() => 1));
  });
});

describe("a gateway whose key for Helicone is not there yet", () => {
  it("sends its calls straight, says so, and goes through as soon as there is one", async () => {
    const credentialsDir = await mkdtemp(path.join(os.tmpdir(), "trinity-test-helicone-"));
    const waiting = await startProxiedGateway({ HELICONE_CREDENTIALS_DIR: credentialsDir });
    const { gateway, agent, reached, helicone } = waiting;
    const early = await ask(gateway.url, { key: agent.key });
    expect(reached().map(({ way }) => way)).toEqual(["around"]);
    await expect
      .poll(() => breakerOf(waiting), { timeout: 10_000 })
      .toMatchObject({ state: "open", reason: expect.stringMatching(/key/) });

    const writeKey = helicone.createKey("w");
    await writeCredentials(credentialsDir, { gateway: { writeKey, logKey: helicone.createKey("rw") } });
    await sleep(1_200);
    const late = await ask(gateway.url, { key: agent.key });
    expect(reached().at(-1)?.way).toBe("through");
    expect(helicone.received.at(-1)?.headers["helicone-auth"]).toBe(`Bearer ${writeKey}`);
    const countOf = (id: string) => helicone.rows.filter(({ requestId }) => requestId === id).length;
    await expect.poll(() => [countOf(idOf(early)), countOf(idOf(late))], { timeout: 20_000 }).toEqual([1, 1]);
    await waiting.stop();
    await rm(credentialsDir, { recursive: true, force: true });
  });
});

describe("a gateway that stops", () => {
  it("settles the calls that it hears out for nobody, by what is known of them", async () => {
    const { gateway, agent, helicone } = proxied;
    await helicone.setFaults({ jawn: "up" });
    await proxied.goThroughAgain();
    const before = (await gateway.ledger(agent, 1)).length;
    const leaving = new AbortController();
    const script = { chunkDelayMs: 200, chunks: 100 };
    const asked = ask(gateway.url, { key: agent.key, script, body: { stream: true }, signal: leaving.signal });
    const left = asked.catch(() => "left");
    await sleep(1_000);
    leaving.abort();
    expect(await left).toBe("left");
    await gateway.restart();
    const [row, ...more] = (await gateway.ledger(agent, before + 1)).slice(before);
    expect(more).toEqual([]);
    expect(row).toMatchObject({ outcome: "incomplete", error_type: "gateway_stopped", is_estimated: true });
    expect(row?.latency_ms).toBeGreaterThan(0); // by the one that stopped, not by the next
  });
});

async function breakerOf({ gateway }: ProxiedGateway): Promise<Record<string, unknown> | null> {
  const { rows } = await gateway.pool.query("SELECT helicone -> 'breaker' AS breaker FROM gateway_instances");
  return rows[0]?.breaker ?? null;
}
