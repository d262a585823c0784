import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

import protobuf from "protobufjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startTestGateway, type TestAgent, type TestGateway } from "#testing/gateway.ts";
import { metricsExport, type SentPoint } from "#testing/telemetry.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

let agents = 0;
function newAgent(): Promise<TestAgent> {
  agents += 1;
  return gateway.addAgent(`teller-${agents}`);
}

type Sent = { headers?: Record<string, string>; signal?: "metrics" | "logs" };

function send(agent: TestAgent | null, body: string | Buffer, { headers = {}, signal = "metrics" }: Sent = {}) {
  return fetch(`${gateway.url}/otlp/v1/${signal}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(agent === null ? {} : { authorization: `Bearer ${agent.key}` }),
      ...headers,
    },
    body: typeof body === "string" ? body : new Uint8Array(body),
  });
}

const sendPoints = (agent: TestAgent, ...points: SentPoint[]) => send(agent, JSON.stringify(metricsExport(points)));

/** The sums by hand: both tables have to say the same. */
async function sums(agent: TestAgent): Promise<Record<string, number>> {
  const read = async (table: string) => {
    const text = `SELECT measure, detail, sum(amount)::bigint AS amount FROM ${table} WHERE agent_id = $1 GROUP BY 1, 2 ORDER BY 1, 2`;
    const { rows } = await gateway.pool.query<{ measure: string; detail: string; amount: bigint }>(text, [agent.id]);
    return Object.fromEntries(rows.map((row) => [`${row.measure} ${row.detail}`.trim(), Number(row.amount)]));
  };
  const [quarterHours, days] = await Promise.all([read("telemetry_quarter_hours"), read("telemetry_days")]);
  expect(days).toEqual(quarterHours);
  return days;
}

const COST = { metric: "claude_code.cost.usage", attributes: { model: "claude-opus-5-5", "session.id": "s1" } };
const nano = (msAgo: number) => BigInt(Date.now() - msAgo) * 1_000_000n;

describe("telemetry in JSON", () => {
  it("is summed, and the same export again changes nothing", async () => {
    const agent = await newAgent();
    const body = JSON.stringify(
      metricsExport([
        { ...COST, value: 0.0123456789 },
        {
          metric: "claude_code.token.usage",
          attributes: { model: "claude-opus-5-5", type: "cacheRead" },
          value: 1_000,
        },
        { metric: "claude_code.lines_of_code.count", attributes: { type: "added" }, value: 12 },
        { metric: "claude_code.active_time.total", attributes: { type: "cli" }, value: 0.407 },
        {
          metric: "claude_code.code_edit_tool.decision",
          attributes: { decision: "accept", tool_name: "Edit" },
          value: 2,
        },
      ]),
    );
    for (const attempt of [1, 2, 3]) {
      const answer = await send(agent, body);
      expect([attempt, answer.status, await answer.json()]).toEqual([attempt, 200, {}]);
    }
    expect(await sums(agent)).toEqual({
      "cost claude-opus-5-5": 12_345_679,
      "tokens_cache_read claude-opus-5-5": 1_000,
      lines_added: 12,
      active_cli_ms: 407,
      "edit_decisions accept Edit": 2,
    });
  });

  it("counts cumulative series by their increase, through repetition, disorder and a new beginning", async () => {
    const agent = await newAgent();
    const [start, again] = [nano(60_000), nano(20_000)];
    const at = (msAgo: number, value: number, from = start) =>
      sendPoints(agent, { ...COST, value, temporality: 2, startNano: from, timeNano: nano(msAgo) });
    await at(50_000, 0.5);
    await at(40_000, 0.75);
    await at(45_000, 0.6); // late: the newer total has it
    await at(10_000, 0.25, again); // the process was started again
    await at(5_000, 0.3, again);
    await at(4_000, 0.1, again); // fell without a new start: it began again
    expect(await sums(agent)).toEqual({ "cost claude-opus-5-5": 1_150_000_000 });
  });

  it("counts parallel processes of one agent, also of one session", async () => {
    const agent = await newAgent();
    const point = (start: number, end: number, value: number): SentPoint => ({
      ...COST,
      value,
      startNano: nano(start),
      timeNano: nano(end),
    });
    const windows = [point(50_000, 40_000, 0.1), point(49_000, 41_000, 0.2), point(40_000, 30_000, 0.3)];
    await Promise.all([...windows, ...windows].map((sent) => sendPoints(agent, sent)));
    await sendPoints(agent, { ...COST, attributes: { ...COST.attributes, "session.id": "s2" }, value: 0.4 });
    expect(await sums(agent)).toEqual({ "cost claude-opus-5-5": 1_000_000_000 });
  });

  it.each<[string, Partial<SentPoint>]>([
    ["in the future", { timeNano: BigInt(Date.now() + 3_600_000) * 1_000_000n }],
    ["longer ago than a week", { timeNano: nano(8 * 86_400_000), startNano: nano(8 * 86_400_000 + 1) }],
    ["negative", { value: -0.5 }],
    ["not a number", { value: "NaN" }],
    ["without end", { value: "Infinity" }],
    ["beyond any sum", { value: 1e12 }],
    ["without temporality", { temporality: 0 }],
  ])("rejects a value %s, says so, and keeps the rest", async (_, wrong) => {
    const agent = await newAgent();
    const session = { metric: "claude_code.session.count", attributes: {}, value: 1 };
    const answer = await sendPoints(agent, { ...COST, value: 0.5, ...wrong }, session);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ partialSuccess: { rejectedDataPoints: 1 } });
    expect(await sums(agent)).toEqual({ sessions: 1 });
  });

  it("takes metrics that it does not know, and counts nothing", async () => {
    const agent = await newAgent();
    const answer = await sendPoints(agent, { metric: "http.server.duration", attributes: {}, value: 5 });
    expect([answer.status, await answer.json(), await sums(agent)]).toEqual([200, {}, {}]);
  });

  it("takes no agent's word for who it is", async () => {
    const [agent, other] = [await newAgent(), await newAgent()];
    await sendPoints(agent, { ...COST, attributes: { ...COST.attributes, "agent.name": other.name }, value: 0.5 });
    expect([await sums(agent), await sums(other)]).toEqual([{ "cost claude-opus-5-5": 500_000_000 }, {}]);
  });

  it("keeps the cost of agents that go past the gateway as theirs", async () => {
    const agent = await newAgent();
    await gateway.pool.query("UPDATE agent_ownership SET routing = 'direct' WHERE id = $1", [agent.id]);
    await sendPoints(agent, { ...COST, value: 0.5 });
    const cost = 500_000_000;
    expect(await sums(agent)).toEqual({ "cost claude-opus-5-5": cost, "direct_cost claude-opus-5-5": cost });
  });
});

describe("what is refused", () => {
  it.each<[string, number, string | Buffer, Record<string, string>]>([
    ["no JSON", 400, "{", {}],
    ["another JSON", 400, '{"resourceMetrics": 5}', {}],
    ["no gzip", 400, "{}", { "content-encoding": "gzip" }],
    ["no protobuf", 400, Buffer.from([0x0a, 0xff, 0x01]), { "content-type": "application/x-protobuf" }],
    ["another content type", 415, "{}", { "content-type": "text/plain" }],
    ["another packing", 415, "{}", { "content-encoding": "br" }],
    ["more than 4 MB", 413, Buffer.alloc(4 * 1024 * 1024 + 1, 32), {}],
    ["16 MB out of a few", 413, gzipSync(Buffer.alloc(17 * 1024 * 1024, 32)), { "content-encoding": "gzip" }],
  ])("%s: %i, with a status in words", async (_, status, body, headers) => {
    const agent = await newAgent();
    const answer = await send(agent, body, { headers });
    expect(answer.status).toBe(status);
    if (headers["content-type"] !== "application/x-protobuf") {
      expect(await answer.json()).toMatchObject({ code: expect.any(Number), message: expect.stringMatching(/\w+/) });
    }
    expect(await sums(agent)).toEqual({});
  });

  it("an unknown key and none: 401", async () => {
    const unknown = await send(null, "{}", { headers: { authorization: `Bearer tvk_${"x".repeat(43)}` } });
    expect([unknown.status, (await send(null, "{}")).status]).toEqual([401, 401]);
  });

  it("what cannot be kept is sent back to be brought again, and counted once then", async () => {
    const agent = await newAgent();
    const body = JSON.stringify(metricsExport([{ ...COST, value: 0.5 }]));
    await gateway.pool.query("ALTER TABLE telemetry_days RENAME TO telemetry_days_away");
    const refused = await send(agent, body);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "2"]);
    await gateway.pool.query("ALTER TABLE telemetry_days_away RENAME TO telemetry_days");
    expect((await send(agent, body)).status).toBe(200);
    expect(await sums(agent)).toEqual({ "cost claude-opus-5-5": 500_000_000 });
  });
});

describe("telemetry in protobuf, by the definitions as a collector writes them", () => {
  const { root } = protobuf.parse(readFileSync(path.join(import.meta.dirname, "../testing/otlp.proto"), "utf8"));

  it("is summed, packed or not, once", async () => {
    const agent = await newAgent();
    const type = root.lookupType("ExportMetricsServiceRequest");
    const bytes = Buffer.from(type.encode(type.fromObject(metricsExport([{ ...COST, value: 0.25 }]))).finish());
    const headers = { "content-type": "application/x-protobuf" };
    const plain = await send(agent, bytes, { headers });
    expect([plain.status, plain.headers.get("content-type")]).toEqual([200, "application/x-protobuf"]);
    expect((await plain.arrayBuffer()).byteLength).toBe(0);
    const packed = await send(agent, gzipSync(bytes), { headers: { ...headers, "content-encoding": "gzip" } });
    expect(packed.status).toBe(200);
    expect(await sums(agent)).toEqual({ "cost claude-opus-5-5": 250_000_000 });
  });

  it("tells what it rejects in protobuf as well", async () => {
    const agent = await newAgent();
    const type = root.lookupType("ExportMetricsServiceRequest");
    const bytes = Buffer.from(type.encode(type.fromObject(metricsExport([{ ...COST, value: -1 }]))).finish());
    const answer = await send(agent, bytes, { headers: { "content-type": "application/x-protobuf" } });
    const told = root.lookupType("ExportMetricsServiceResponse").decode(new Uint8Array(await answer.arrayBuffer()));
    expect(told.toJSON()).toMatchObject({ partialSuccess: { rejectedDataPoints: "1" } });
  });
});

describe("events", () => {
  const record = (name: string, attributes: Record<string, string | number>) => ({
    timeUnixNano: String(nano(1_000)),
    body: { stringValue: `claude_code.${name}` },
    attributes: Object.entries({ "event.name": name, ...attributes }).map(([key, value]) => ({
      key,
      value: typeof value === "number" ? { intValue: value } : { stringValue: value },
    })),
  });

  it("are counted once, with the ledger's call where there is one", async () => {
    const agent = await newAgent();
    const call = { model: "claude-opus-5-5", cost_usd: "0.000816", request_id: "req_019357aa00007000800000000000abcd" };
    const logRecords = [
      record("api_request", { ...call, "event.sequence": 1 }),
      record("api_request", { ...call, "event.sequence": 2, request_id: "req_011CVxyz" }),
      record("api_error", { status_code: "529", "event.sequence": 3 }),
      record("tool_result", { tool_name: "Bash", success: "false", "event.sequence": 4 }),
      record("tool_decision", { tool_name: "Bash", decision: "reject", "event.sequence": 5 }),
      record("user_prompt", { prompt: "never kept", "event.sequence": 6 }),
      record("plugin_loaded", { "event.sequence": 7 }),
    ];
    const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
    for (const _ of [1, 2]) expect((await send(agent, body, { signal: "logs" })).status).toBe(200);
    expect(await sums(agent)).toEqual({
      "api_requests claude-opus-5-5": 2,
      "event_cost claude-opus-5-5": 1_632_000,
      "api_errors 529": 1,
      "tool_uses Bash": 1,
      "tool_failures Bash": 1,
      "tool_decisions reject Bash": 1,
      prompts: 1,
    });
    const { rows } = await gateway.pool.query(
      "SELECT call_id, cost_nano_usd FROM telemetry_events WHERE agent_id = $1 AND name = 'api_request' ORDER BY call_id",
      [agent.id],
    );
    expect(rows).toEqual([
      { call_id: "019357aa-0000-7000-8000-00000000abcd", cost_nano_usd: 816_000n },
      { call_id: null, cost_nano_usd: 816_000n },
    ]);
  });
});
