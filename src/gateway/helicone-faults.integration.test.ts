import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ask } from "#testing/ask.ts";
import {
  HELICONE_IDLE_TIMEOUT_MS,
  HELICONE_TIMEOUT_MS,
  type ProxiedGateway,
  startProxiedGateway,
} from "#testing/proxied-gateway.ts";
import type { Script } from "../../e2e/anthropic/script.ts";
import type { Faults } from "../../e2e/helicone/faults.ts";

const STREAM = { stream: true };
/** What else a call takes on a busy machine. */
const BUSY_MS = 1_500;
const CALLS = 50;
const SOON = { timeout: 10_000 };

let proxied: ProxiedGateway;
let rowsBefore = 0;
let changesBefore = 0;
beforeAll(async () => {
  proxied = await startProxiedGateway();
}, 60_000);
afterAll(() => proxied.stop());
beforeEach(async () => {
  proxied.upstream.reset();
  rowsBefore = (await proxied.gateway.ledger(proxied.agent, 0)).length;
  changesBefore = proxied.changes().length;
});
afterEach(async () => {
  await proxied.helicone.setFaults({ jawn: "up", slowMs: 0 });
  await proxied.goThroughAgain();
  expect(proxied.helicone.violations()).toEqual([]);
});

type Timed = { status: number; text: string; ms: number };

async function timed(script: Script = {}, fields: Record<string, unknown> = {}): Promise<Timed> {
  const startedMs = performance.now();
  const { status, text } = await ask(proxied.gateway.url, { key: proxied.agent.key, script, body: fields });
  return { status, text, ms: performance.now() - startedMs };
}

function many(count: number, one: () => Promise<Timed>): Promise<Timed[]> {
  return Promise.all(Array.from({ length: count }, one));
}

/** A client that holds a running stream, and what became of it. */
function openStream(script: Script): Promise<"whole" | "cut"> {
  return ask(proxied.gateway.url, { key: proxied.agent.key, script, body: STREAM }).then(
    (answer) => (answer.text.includes("message_stop") ? "whole" : "cut"),
    () => "cut",
  );
}

async function newRows(count: number) {
  return (await proxied.gateway.ledger(proxied.agent, rowsBefore + count)).slice(rowsBefore);
}

const ways = () => proxied.reached().map(({ way }) => way);
const newChanges = () => proxied.changes().slice(changesBefore);

describe("Helicone fails before an answer has begun", () => {
  it.each<[string, Partial<Faults>]>([
    ["is down", { jawn: "down" }],
    ["takes calls and never answers", { jawn: "silent" }],
    ["is slower than it may be", { slowMs: 5_000 }],
    ["throws, with a page that shows its stack", { jawn: "html-500" }],
    ["answers a page as if all were well", { jawn: "html-200" }],
  ])(
    "and %s: the call is answered all the same, late by the time-out at the most, and once; the following are not late",
    async (_what, faults) => {
      await proxied.helicone.setFaults(faults);
      const first = await timed({}, STREAM);
      expect([first.status, first.text.includes("message_stop")]).toEqual([200, true]);
      expect(first.ms).toBeLessThan(HELICONE_TIMEOUT_MS + BUSY_MS);
      expect(ways()).toEqual(["around"]);
      const received = proxied.helicone.received.length;
      for (const { status, ms } of await many(5, () => timed())) {
        expect(status).toBe(200);
        expect(ms).toBeLessThan(BUSY_MS);
      }
      expect(proxied.helicone.received.length).toBe(received);
      expect(ways()).toEqual(Array(6).fill("around"));
      const rows = await newRows(6);
      expect(rows.map(({ outcome, status }) => [outcome, status])).toEqual(Array(6).fill(["completed", 200]));
      expect(newChanges()).toEqual(["fails"]);
    },
  );

  it("with 50 calls waiting: each is late once, by the time-out at the most, and reaches Anthropic once", async () => {
    await proxied.helicone.setFaults({ jawn: "silent" });
    const answers = await many(CALLS, () => timed());
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(HELICONE_TIMEOUT_MS + BUSY_MS);
    expect(ways()).toEqual(Array(CALLS).fill("around"));
    expect(await newRows(CALLS)).toHaveLength(CALLS);
    expect(newChanges()).toEqual(["fails"]);
  });

  it("killed under 50 calls that wait for Anthropic: none of them fails", async () => {
    const asked = many(CALLS, () => timed({ headersDelayMs: 3_000 }));
    await expect.poll(() => ways().length, SOON).toBe(CALLS);
    await proxied.helicone.setFaults({ jawn: "down" });
    const answers = await asked;
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(ways().filter((way) => way === "around")).toHaveLength(CALLS);
    const rows = await newRows(CALLS);
    expect(rows.filter(({ outcome }) => outcome === "completed")).toHaveLength(CALLS);
    expect(newChanges()).toEqual(["fails"]);
  });

  it("the upstream hangs up on it, and it throws: one more try, straight, and what that says", async () => {
    const answer = await timed({ kind: "hangup" });
    expect(answer.status).toBe(502);
    expect(ways()).toEqual(["through", "around"]);
  });
});

describe("Helicone fails in the middle of an answer", () => {
  it("killed: running streams end as cut, are charged for what is known, and the next calls go straight", async () => {
    const streams = Array.from({ length: 10 }, () => openStream({ chunkDelayMs: 100, chunks: 40 }));
    await expect.poll(() => ways().length, SOON).toBe(10);
    await sleep(500);
    await proxied.helicone.setFaults({ jawn: "down" });
    expect(await Promise.all(streams)).toEqual(Array(10).fill("cut"));
    expect((await timed()).status).toBe(200);
    expect(ways().at(-1)).toBe("around");
    const rows = await newRows(11);
    const cut = rows.filter(({ outcome }) => outcome === "incomplete");
    expect(cut.map((row) => [row.error_type, row.is_estimated])).toEqual(
      Array(10).fill(["upstream_disconnected", true]),
    );
    expect(newChanges()).toEqual(["fails"]);
  });

  it("hanging where the upstream cut the stream: the client's connection is closed after the idle time, and its next try goes straight", async () => {
    const startedMs = performance.now();
    expect(await openStream({ cutAfterEvents: 5 })).toBe("cut");
    expect(performance.now() - startedMs).toBeLessThan(HELICONE_IDLE_TIMEOUT_MS + 2 * BUSY_MS);
    expect((await timed({}, STREAM)).status).toBe(200);
    expect(ways()).toEqual(["through", "around"]);
    const [row] = await newRows(2);
    expect(row).toMatchObject({ outcome: "incomplete", error_type: "upstream_timeout", is_estimated: true });
  });
});

describe("Helicone works again", () => {
  it("is found out without a call being late, and one call goes ahead of the others", async () => {
    await proxied.helicone.setFaults({ jawn: "silent" });
    await timed();
    await proxied.helicone.setFaults({ jawn: "up" });
    proxied.upstream.reset();
    await sleep(3_000); // the pause after the first failure, and the probe
    const answers = await many(10, () => timed({ headersDelayMs: 1_000 }));
    expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(1_000 + BUSY_MS);
    expect(ways().filter((way) => way === "through")).toHaveLength(1);
    await timed();
    expect(ways().at(-1)).toBe("through");
    expect(newChanges()).toEqual(["fails", "works"]);
  });

  it("is not believed as long as only its health says so", async () => {
    await proxied.helicone.setFaults({ jawn: "html-500" });
    await timed();
    await sleep(2_500);
    const probes = proxied.helicone.received.filter(({ path }) => path.endsWith("/count_tokens"));
    expect(probes.length).toBeGreaterThan(0);
    await timed();
    expect(ways()).toEqual(["around", "around"]);
  });
});

describe("after all of that", () => {
  it("Helicone has every call, and none twice", async () => {
    const { gateway, agent, helicone } = proxied;
    const ids = (await gateway.ledger(agent, 1)).map(({ id }) => id);
    const uneven = () => {
      const counts = new Map<string, number>();
      for (const { requestId } of helicone.rows) counts.set(requestId, (counts.get(requestId) ?? 0) + 1);
      return ids.filter((id) => counts.get(id) !== 1);
    };
    await expect.poll(uneven, { timeout: 90_000 }).toEqual([]);
  });
});
