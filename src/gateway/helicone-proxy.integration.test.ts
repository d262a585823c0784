import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ask, idOf } from "#testing/ask.ts";
import { GATEWAY_ANTHROPIC_KEY, type LedgerRow } from "#testing/gateway.ts";
import { type ProxiedGateway, startProxiedGateway } from "#testing/proxied-gateway.ts";
import type { Script } from "../../e2e/anthropic/script.ts";

let proxied: ProxiedGateway;
beforeAll(async () => {
  proxied = await startProxiedGateway();
}, 60_000);
afterAll(() => proxied.stop());
beforeEach(() => proxied.upstream.reset());
afterEach(() => {
  expect(proxied.helicone.violations()).toEqual([]);
  expect(proxied.changes()).toEqual([]);
});

const STREAM = { stream: true };
const SOON = { timeout: 10_000 };
const SESSION = "8d2f7a0e-6f0b-4f6e-9a55-0c6f2f0d9f11";

async function rowOf(id: string): Promise<LedgerRow> {
  const rows = await proxied.gateway.ledger(proxied.agent, 1);
  const row = rows.find((one) => one.id === id);
  if (row === undefined) throw new Error(`The ledger has no call ${id}`);
  return row;
}

describe("an answer that came through Helicone", () => {
  it.each<[string, Script, Record<string, unknown>]>([
    ["a stream", {}, STREAM],
    ["a message", {}, {}],
    ["a stream, byte by byte", { chunkBytes: 1 }, STREAM],
    ["thinking", { kind: "thinking" }, STREAM],
    ["tools", { kind: "tool_use", tools: [{ name: "Bash", input: { command: "ls" } }] }, STREAM],
    ["a long one", { length: 200_000 }, STREAM],
    ["a stream that ends in an error", { errorAfterEvents: 4 }, STREAM],
    ["429", { kind: "error", status: 429, retryAfter: 3 }, STREAM],
    ["400", { kind: "error", status: 400 }, {}],
    ["401", { kind: "error", status: 401 }, {}],
    ["500", { kind: "error", status: 500 }, {}],
    ["529", { kind: "error", status: 529, headers: { "x-should-retry": "true" } }, STREAM],
  ])(
    "is the upstream's, byte for byte, and so is its status and what belongs to it: %s",
    async (_what, script, fields) => {
      const { upstream, gateway, agent, reached } = proxied;
      const direct = await ask(upstream.url, { headers: { "x-api-key": "k" }, script, body: fields });
      upstream.reset();
      const passed = await ask(gateway.url, { key: agent.key, script, body: fields });
      expect(reached().map(({ way }) => way)).toEqual(["through"]);
      expect(passed.status).toBe(direct.status);
      expect(createHash("sha256").update(passed.bytes).digest("hex")).toBe(
        createHash("sha256").update(direct.bytes).digest("hex"),
      );
      for (const name of ["content-type", "retry-after", "x-should-retry"]) {
        expect([name, passed.headers[name]]).toEqual([name, direct.headers[name]]);
      }
      const added = Object.keys(passed.headers).filter((name) =>
        /^(helicone|access-control|x-powered-by|vary)/.test(name),
      );
      expect(added).toEqual([]);
      expect((await rowOf(idOf(passed))).upstream_request_id).toBe(direct.headers["request-id"]);
    },
  );

  it("is metered and charged as if it had come straight", async () => {
    const script = { usage: { input_tokens: 1_000, output_tokens: 50 } };
    const answers = [STREAM, {}].map((body) => ask(proxied.gateway.url, { key: proxied.agent.key, script, body }));
    for (const answer of await Promise.all(answers)) {
      const row = await rowOf(idOf(answer));
      expect(row).toMatchObject({ outcome: "completed", input_tokens: 1_000, output_tokens: 50, is_estimated: false });
      expect(row.cost_nano_usd).toBe(1_000n * 2_000n + 50n * 10_000n);
    }
  });
});

describe("a call that goes through Helicone", () => {
  it("says whose it is, in Helicone's row as well, under the ledger's id", async () => {
    const { gateway, agent, helicone } = proxied;
    await gateway.pool.query("UPDATE agent_ownership SET type = 'büro' WHERE id = $1", [agent.id]);
    await expect
      .poll(async () => {
        await ask(gateway.url, { key: agent.key });
        return helicone.received.at(-1)?.headers["helicone-property-agent-type"];
      }, SOON)
      .toBe("b%C3%BCro");
    const answer = await ask(gateway.url, { key: agent.key, headers: { "x-claude-code-session-id": SESSION } });
    const sent = helicone.received.at(-1);
    expect(sent?.path).toBe("/v1/gateway/anthropic/v1/messages");
    expect(
      Object.fromEntries(Object.entries(sent?.headers ?? {}).filter(([name]) => name.startsWith("helicone-"))),
    ).toEqual({
      "helicone-auth": expect.stringMatching(/^Bearer pk-helicone-\w{7}-\w{7}-\w{7}-\w{7}$/),
      "helicone-request-id": idOf(answer),
      "helicone-user-id": agent.name,
      "helicone-session-id": SESSION,
      "helicone-property-agent-name": agent.name,
      "helicone-property-agent-type": "b%C3%BCro",
    });
    await expect.poll(() => helicone.rows.filter(({ requestId }) => requestId === idOf(answer)).length, SOON).toBe(1);
  });

  it("carries to Anthropic what it would carry straight, and to Helicone nothing that its client says to it", async () => {
    const { gateway, agent, helicone, reached } = proxied;
    const headers = {
      "Helicone-Auth": "Bearer sk-helicone-stolen0-stolen0-stolen0-stolen0",
      "Helicone-Target-URL": "http://127.0.0.1:8123/v1",
      "helicone-property-agent-name": "victim",
      "Helicone-Retry-Enabled": "true",
      "Helicone-Omit-Request": "true",
      "anthropic-version": "2023-06-01",
      "anthropic-beta": "one,two",
      "x-unknown": "passes",
      "accept-encoding": "zstd, gzip",
    };
    await ask(gateway.url, { key: agent.key, headers, path: "/v1/messages?beta=true" });
    const sent = helicone.received.at(-1);
    expect(sent?.path).toBe("/v1/gateway/anthropic/v1/messages?beta=true");
    expect(JSON.stringify(sent?.headers)).not.toMatch(/stolen|8123|victim|retry|omit|tvk_/);
    const [arrived] = reached();
    expect(arrived?.headers).toMatchObject({
      "x-api-key": GATEWAY_ANTHROPIC_KEY,
      "anthropic-beta": "one,two",
      "x-unknown": "passes",
      "accept-encoding": "identity",
    });
    expect(Object.keys(arrived?.headers ?? {}).filter((name) => name.startsWith("helicone-"))).toEqual([]);
  });

  it("is the only kind that does: counts and models go straight, probes go nowhere", async () => {
    const { gateway, agent, helicone, upstream } = proxied;
    const before = helicone.received.length;
    const count = await ask(gateway.url, { key: agent.key, path: "/v1/messages/count_tokens" });
    const models = await fetch(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${agent.key}` } });
    const probe = await fetch(gateway.url, { method: "HEAD" });
    expect([count.status, models.status, probe.status]).toEqual([200, 200, 200]);
    expect(upstream.calls.map(({ path }) => path)).toEqual(["/v1/messages/count_tokens", "/v1/models"]);
    expect(helicone.received.length).toBe(before);
  });

  it("may wait for its answer for many times what Helicone may be silent", async () => {
    const { gateway, agent, helicone, reached } = proxied;
    const answer = await ask(gateway.url, { key: agent.key, script: { headersDelayMs: 4_000 } });
    expect(answer.status).toBe(200);
    expect(reached().map(({ way }) => way)).toEqual(["through"]);
    const probes = helicone.received.filter(({ path }) => path.endsWith("/count_tokens"));
    expect(probes.length).toBeGreaterThan(0);
    expect(JSON.stringify(probes)).not.toMatch(/sk-|pk-/);
    await expect.poll(() => helicone.rows.filter((row) => row.requestId === idOf(answer)).length, SOON).toBe(1);
  });

  it("is heard to its end when its client leaves, since Anthropic is paid to the end", async () => {
    const { gateway, agent, upstream, helicone } = proxied;
    const before = (await gateway.ledger(agent, 0)).length;
    const leaving = new AbortController();
    const script = { chunkDelayMs: 100, chunks: 12, usage: { input_tokens: 10, output_tokens: 777 } };
    const asked = ask(gateway.url, { key: agent.key, script, body: STREAM, signal: leaving.signal }).catch(
      () => "left",
    );
    await sleep(400);
    leaving.abort();
    expect(await asked).toBe("left");
    const rows = await gateway.ledger(agent, before + 1);
    expect(rows.at(-1)).toMatchObject({ outcome: "completed", output_tokens: 777, is_estimated: false });
    expect(upstream.calls.map(({ outcome }) => outcome)).toEqual(["answered"]);
    await expect.poll(() => helicone.rows.some(({ requestId }) => requestId === rows.at(-1)?.id), SOON).toBe(true);
  });
});
