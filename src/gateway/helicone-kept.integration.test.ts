import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { writeCredentials } from "#helicone/credentials.ts";
import { ask, idOf } from "#testing/ask.ts";
import { type ProxiedGateway, startProxiedGateway } from "#testing/proxied-gateway.ts";
import type { Script } from "../../e2e/anthropic/script.ts";
import type { Faults } from "../../e2e/helicone/faults.ts";

const SOON = { timeout: 10_000, interval: 50 };
/** What is in doubt is asked after some seconds later, and told when Helicone is found in order. */
const TOLD = { timeout: 60_000, interval: 200 };

let proxied: ProxiedGateway;
beforeAll(async () => {
  proxied = await startProxiedGateway({ HELICONE_KEEPING_CHECK_MS: "700" });
}, 60_000);
afterAll(() => proxied.stop());
afterEach(() => expect(proxied.helicone.violations()).toEqual([]));

async function call(script: Script = {}): Promise<string> {
  const answer = await ask(proxied.gateway.url, { key: proxied.agent.key, script });
  expect(answer.status).toBe(200);
  return idOf(answer);
}

function ways(): string[] {
  return proxied.reached().map(({ way }) => way);
}

/** How often Helicone has each of these calls. */
function countsOf(ids: readonly string[]): number[] {
  return ids.map((id) => proxied.helicone.rows.filter(({ requestId }) => requestId === id).length);
}

const DATABASES: [string, Partial<Faults>, RegExp][] = [
  ["ClickHouse", { clickhouseDown: true }, /ClickHouse does not answer/],
  ["PostgreSQL", { postgresDown: true }, /PostgreSQL does not answer/],
];

describe("a Helicone that passes calls on and cannot keep them", () => {
  it.each(DATABASES)(
    "for want of its %s: calls go around it before long, and it has each of them once when it is back",
    async (_, faults, reason) => {
      const { helicone, upstream } = proxied;
      await helicone.setFaults({ clickhouseDown: false, postgresDown: false });
      await proxied.goThroughAgain();
      upstream.reset();
      const kept = await call();
      await expect.poll(() => countsOf([kept]), SOON).toEqual([1]);

      await helicone.setFaults(faults);
      const slow = call({ headersDelayMs: 4_000 }); // it passes, and ends after the fault was found
      const lost = await Promise.all([call(), call(), call()]);
      await expect.poll(() => proxied.changes().at(-1), SOON).toBe("fails");
      const passed = ways().length;
      const around = await Promise.all([call(), call()]);
      expect(ways().slice(passed)).toEqual(["around", "around"]);
      const late = await slow;
      expect(countsOf([...lost, ...around, late])).toEqual(Array(6).fill(0));
      expect(proxied.gateway.process().output()).toMatch(reason);

      await helicone.setFaults({ clickhouseDown: false, postgresDown: false });
      await proxied.goThroughAgain();
      const after = await call();
      expect(ways().at(-1)).toBe("through");
      const all = [kept, ...lost, ...around, late, after];
      await expect.poll(() => countsOf(all), TOLD).toEqual(Array(all.length).fill(1));
      await expect.poll(waiting, TOLD).toBe(0);
      expect(countsOf(all)).toEqual(Array(all.length).fill(1));
    },
    120_000,
  );

  it("because it does not know the key any more: the same, by the key that tells it", async () => {
    const { helicone, upstream, credentialsDir } = proxied;
    await proxied.goThroughAgain();
    upstream.reset();
    const logKey = helicone.createKey("rw");
    const writeKey = "pk-helicone-aaaaaaa-bbbbbbb-ccccccc-ddddddd";
    await writeCredentials(credentialsDir, { gateway: { writeKey, logKey } });
    const lost = await call();
    await expect.poll(() => proxied.changes().at(-1), SOON).toBe("fails");
    const around = await call();
    expect(ways().at(-1)).toBe("around");
    await expect.poll(() => countsOf([lost, around]), TOLD).toEqual([1, 1]);
    await writeCredentials(credentialsDir, { gateway: { writeKey: helicone.createKey("w"), logKey } });
    await proxied.goThroughAgain();
    const after = await call();
    expect(ways().at(-1)).toBe("through");
    await expect.poll(() => countsOf([lost, around, after]), TOLD).toEqual([1, 1, 1]);
    await expect.poll(waiting, TOLD).toBe(0);
  }, 120_000);

  it("when a gateway starts anew: calls of the one before, that nobody had asked after yet, are asked after as well", async () => {
    const { helicone, gateway } = proxied;
    await proxied.goThroughAgain();
    const kept = await call();
    await expect.poll(() => countsOf([kept]), SOON).toEqual([1]);
    await helicone.setFaults({ clickhouseDown: true });
    const lost = await call();
    await gateway.restart();
    await expect.poll(() => gateway.process().output(), SOON).toMatch(/Helicone fails/);
    await helicone.setFaults({ clickhouseDown: false });
    await expect.poll(() => countsOf([kept, lost]), TOLD).toEqual([1, 1]);
  }, 120_000);
});

async function waiting(): Promise<number> {
  const { rows } = await proxied.gateway.pool.query("SELECT count(*)::int AS count FROM helicone_outbox");
  return rows[0]?.count;
}
