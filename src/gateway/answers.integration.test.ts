import { createHash } from "node:crypto";

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, ask, idOf } from "#testing/ask.ts";
import { type LedgerRow, startTestGateway, type TestAgent, type TestGateway } from "#testing/gateway.ts";
import type { Script } from "../../e2e/anthropic/script.ts";

let gateway: TestGateway;
let agent: TestAgent;
let rowsSoFar = 0;
beforeAll(async () => {
  gateway = await startTestGateway();
  agent = await gateway.addAgent("a1");
}, 60_000);
afterAll(() => gateway.stop());

type Shown = { direct: Answer; passed: Answer; row: LedgerRow };

/** What the upstream answers when it is asked directly, what comes through the gateway, and the call's row. */
async function showBoth(script: Script, fields: Record<string, unknown> = {}): Promise<Shown> {
  // The same request gets the same answer, ids and all, as long as it is the first of its kind.
  gateway.upstream.reset();
  const direct = await ask(gateway.upstream.url, { headers: { "x-api-key": "k" }, script, body: fields });
  gateway.upstream.reset();
  const passed = await ask(gateway.url, { key: agent.key, script, body: fields });
  rowsSoFar += 1;
  const rows = await gateway.ledger(agent, rowsSoFar);
  expect(rows).toHaveLength(rowsSoFar);
  const row = rows.find(({ id }) => id === idOf(passed));
  if (row === undefined) throw new Error("The request-id of the answer is not in the ledger");
  return { direct, passed, row };
}

function expectSameBytes({ direct, passed, row }: Shown): void {
  expect(passed.status).toBe(direct.status);
  expect(createHash("sha256").update(passed.bytes).digest("hex")).toBe(
    createHash("sha256").update(direct.bytes).digest("hex"),
  );
  expect(passed.headers["content-type"]).toBe(direct.headers["content-type"]);
  expect(passed.headers["content-encoding"]).toBe(direct.headers["content-encoding"]);
  expect(passed.headers["request-id"]).not.toBe(direct.headers["request-id"]);
  expect(row.upstream_request_id).toBe(direct.headers["request-id"]);
}

const STREAM = { stream: true };
const USAGE = { input_tokens: 1_000, output_tokens: 50, cache_read_input_tokens: 200 };
/** claude-sonnet-5-5: 2 $ in, 10 $ out, 0.10 $ cache read for a million. */
const COST = 1_000n * 2_000n + 50n * 10_000n + 200n * 100n;

describe("the answer's bytes are the upstream's, and its usage is in the ledger", () => {
  it.each<[string, Script, Record<string, unknown>]>([
    ["a stream", {}, STREAM],
    ["JSON", {}, {}],
    ["JSON where a stream was asked for", { asJson: true }, STREAM],
    ["a stream that comes byte by byte", { chunkBytes: 1 }, STREAM],
    ["JSON that comes byte by byte", { chunkBytes: 1 }, {}],
    ["a stream in pieces of three bytes", { chunkBytes: 3, kind: "thinking" }, STREAM],
    ["lines that end in CR LF, byte by byte", { crlf: true, chunkBytes: 1 }, STREAM],
    ["text that is not UTF-8, byte by byte", { brokenUtf8: true, chunkBytes: 1 }, STREAM],
    ["text that is not UTF-8, in JSON", { brokenUtf8: true }, {}],
    ["characters of four bytes, byte by byte", { text: "🦉ß漢".repeat(20), chunkBytes: 1 }, STREAM],
    ["text that looks like events", { text: "event: message_stop\ndata: {}\n\n", chunkBytes: 5 }, STREAM],
    ["tool calls", { kind: "tool_use", tools: [{ name: "Bash", input: { command: "ls \u2028" } }] }, STREAM],
    ["several message_deltas, whose counts replace each other", { deltas: 4 }, STREAM],
    ["a compressed stream, though none was asked for", { gzip: true }, STREAM],
    ["compressed JSON, though none was asked for", { gzip: true }, {}],
    ["a compressed stream, byte by byte", { gzip: true, chunkBytes: 1 }, STREAM],
    ["a long answer", { length: 300_000 }, STREAM],
    ["a content type that is not so", { headers: { "content-type": "text/plain" } }, STREAM],
  ])("%s", async (_what, script, fields) => {
    const shown = await showBoth({ usage: USAGE, ...script }, fields);
    expectSameBytes(shown);
    const { row } = shown;
    expect([row.outcome, row.is_estimated, row.error_type, row.status]).toEqual(["completed", false, null, 200]);
    expect([row.input_tokens, row.output_tokens, row.cache_read_input_tokens]).toEqual([1_000, 50, 200]);
    expect(row.cost_nano_usd).toBe(COST);
    expect(row.streamed).toBe(fields.stream === true);
  });

  it("a stream's counts that grow from delta to delta are taken once, at their last", async () => {
    const shown = await showBoth({ deltas: 5, text: "x".repeat(400) }, STREAM);
    expectSameBytes(shown);
    expect(shown.row.output_tokens).toBe(100);
  });

  it("the model that answered is the one that is charged", async () => {
    const { row } = await showBoth({ model: "claude-haiku-5-5", usage: { input_tokens: 1_000_000, output_tokens: 0 } });
    expect([row.model, row.requested_model, row.priced_as]).toEqual(["claude-haiku-5-5", "claude-sonnet-5-5", "list"]);
    expect(row.cost_nano_usd).toBe(500_000_000n);
  });

  it("a model that no list knows is never free, and text in its name does no harm", async () => {
    const model = `claude-\u0000\ud83e${"😀".repeat(150)}`;
    const { row } = await showBoth({ usage: USAGE }, { model });
    expect(row.priced_as).toBe("dearest");
    expect(row.cost_nano_usd).toBeGreaterThan(COST);
    expect(row.requested_model.length).toBeLessThanOrEqual(200);
  });
});

describe("usage that cannot be", () => {
  it.each<[string, Script]>([
    ["negative", { usage: { input_tokens: -5, output_tokens: -1 } }],
    ["huge", { usage: { input_tokens: 1e15, output_tokens: 1e300 } }],
    ["missing", { usage: "missing" }],
    ["null", { usage: null }],
    ["text", { usage: { input_tokens: "1000", output_tokens: "NaN" } }],
    ["fractional", { usage: { input_tokens: 1.5, output_tokens: 0.1 } }],
    ["a list", { usage: [1, 2] }],
    ["without a count of output", { usage: { input_tokens: 10 } }],
    ["without a count of input", { usage: { output_tokens: 10 } }],
  ])("%s: the answer passes, and the call is charged by an estimate that says so", async (_what, script) => {
    for (const fields of [STREAM, {}]) {
      const shown = await showBoth({ text: "x".repeat(4_000), ...script }, fields);
      expectSameBytes(shown);
      const { row } = shown;
      expect([row.outcome, row.is_estimated]).toEqual(["incomplete", true]);
      expect(row.cost_nano_usd).toBeGreaterThan(0n);
      expect(row.input_tokens).toBeGreaterThan(0);
      expect(row.input_tokens).toBeLessThan(100);
      if (script.usage !== undefined && JSON.stringify(script.usage) !== '{"output_tokens":10}')
        expect(row.output_tokens).toBeGreaterThanOrEqual(1_000);
    }
  });

  it("counts of the start stand where the end reports nothing new, and a count of null or 0 takes nothing back", async () => {
    const startUsage = { input_tokens: 700, output_tokens: 1, cache_creation_input_tokens: 30 };
    const deltaUsage = { input_tokens: 0, output_tokens: 9, cache_creation_input_tokens: null };
    const { row } = await showBoth({ startUsage, deltaUsage }, STREAM);
    expect([row.outcome, row.input_tokens, row.output_tokens, row.cache_creation_5m_input_tokens]).toEqual([
      "completed",
      700,
      9,
      30,
    ]);
  });
});

describe("errors of the upstream", () => {
  it.each([400, 401, 402, 403, 404, 413, 429, 500, 503, 504, 529])(
    "%d passes unchanged, and costs nothing",
    async (status) => {
      const script: Script = { kind: "error", status, retryAfter: 7, headers: { "x-should-retry": "true" } };
      const shown = await showBoth(script, STREAM);
      expectSameBytes(shown);
      expect([shown.passed.headers["retry-after"], shown.passed.headers["x-should-retry"]]).toEqual(["7", "true"]);
      const { row } = shown;
      expect([row.outcome, row.status, row.cost_nano_usd, row.input_tokens]).toEqual(["failed", status, 0n, null]);
      expect(row.error_type).toBe(JSON.parse(shown.direct.text).error.type);
    },
  );

  it("an error in the middle of a stream passes, and what was generated by then is charged", async () => {
    const shown = await showBoth({ errorAfterEvents: 6, text: "x".repeat(400), usage: USAGE }, STREAM);
    expectSameBytes(shown);
    expect(shown.passed.text).toContain("event: error");
    const { row } = shown;
    expect([row.outcome, row.error_type, row.input_tokens]).toEqual(["incomplete", "overloaded_error", 1_000]);
    expect(row.cost_nano_usd).toBeGreaterThan(1_000n * 2_000n);
  });

  it("an error before anything was generated costs nothing, although its status says 200", async () => {
    const { row } = await showBoth({ errorAfterEvents: 0 }, STREAM);
    expect([row.outcome, row.status, row.error_type, row.cost_nano_usd]).toEqual([
      "failed",
      200,
      "overloaded_error",
      0n,
    ]);
  });
});

describe("what the agent is told beside the answer", () => {
  it("our request-id, the time we added, and not the account's rate-limit figures", async () => {
    const { direct, passed } = await showBoth({});
    expect(passed.headers["request-id"]).toMatch(/^req_[0-9a-f]{32}$/);
    expect(Number(passed.headers["x-trinity-overhead-ms"])).toBeGreaterThan(0);
    expect(Object.keys(direct.headers).filter((name) => name.startsWith("anthropic-ratelimit-"))).not.toEqual([]);
    expect(Object.keys(passed.headers).filter((name) => name.startsWith("anthropic-ratelimit-"))).toEqual([]);
  });

  it("token counts and the model list pass unmetered", async () => {
    const count = await ask(gateway.url, { key: agent.key, path: "/v1/messages/count_tokens?beta=true" });
    const models = await fetch(`${gateway.url}/v1/models?limit=1000`, { headers: { "x-api-key": agent.key } });
    expect([count.status, models.status]).toEqual([200, 200]);
    expect(JSON.parse(count.text).input_tokens).toBeGreaterThan(0);
    expect(await gateway.ledger(agent, rowsSoFar)).toHaveLength(rowsSoFar);
  });
});
