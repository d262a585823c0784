import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Answer, ask, errorIn } from "#testing/ask.ts";
import { type LedgerRow, startTestGateway, type TestAgent, type TestGateway } from "#testing/gateway.ts";
import { connectRaw, parseRaw, rawHead } from "#testing/raw-http.ts";
import { type RawUpstream, startRawUpstream } from "#testing/raw-upstream.ts";
import type { Script } from "../../e2e/anthropic/script.ts";
import { messageBody } from "../../e2e/anthropic/upstream-client.ts";

const TIMEOUTS = { UPSTREAM_HEADERS_TIMEOUT_MS: "600", UPSTREAM_IDLE_TIMEOUT_MS: "600" };
const STREAM = { stream: true };

let gateway: TestGateway;
let rawGateway: TestGateway;
let rawUpstream: RawUpstream;
let reply: string | Buffer;
let agent: TestAgent;
let rawAgent: TestAgent;
beforeAll(async () => {
  rawUpstream = await startRawUpstream((socket) => socket.end(reply));
  gateway = await startTestGateway({ env: TIMEOUTS });
  rawGateway = await startTestGateway({ env: { ...TIMEOUTS, ANTHROPIC_UPSTREAM_URL: rawUpstream.url } });
  agent = await gateway.addAgent("a1");
  rawAgent = await rawGateway.addAgent("a1");
}, 60_000);
afterAll(async () => {
  await Promise.all([gateway.stop(), rawGateway.stop(), rawUpstream.close()]);
});
beforeEach(() => gateway.upstream.reset());

/** The rows that came since the last time. */
const seen = new Map<TestGateway, number>();
async function newRows(of: TestGateway, from: TestAgent): Promise<LedgerRow[]> {
  const before = seen.get(of) ?? 0;
  const rows = await of.ledger(from, before + 1);
  seen.set(of, rows.length);
  return rows.slice(before);
}

function expectOurs(answer: Pick<Answer, "status" | "text">, status: number, errorType: string): void {
  const error = errorIn(answer.text);
  expect([answer.status, error.type, error.errorType]).toEqual([status, "error", errorType]);
  expect(error.requestId).toMatch(/^req_[0-9a-f]{32}$/);
}

describe("an upstream that does not answer", () => {
  it("within the time: 504, and the call is charged by what is known, for it may have been worked on", async () => {
    const answer = await ask(gateway.url, { key: agent.key, script: { kind: "never" } });
    expectOurs(answer, 504, "timeout_error");
    const [row, ...more] = await newRows(gateway, agent);
    expect(more).toEqual([]);
    expect([row?.outcome, row?.is_estimated, row?.status]).toEqual(["incomplete", true, null]);
    expect(row?.cost_nano_usd).toBeGreaterThan(0n);
    expect(gateway.upstream.calls.map((call) => call.outcome)).toEqual(["aborted"]);
  });

  it("but hangs up: 502", async () => {
    const answer = await ask(gateway.url, { key: agent.key, script: { kind: "hangup" } });
    expectOurs(answer, 502, "api_error");
    const rows = await newRows(gateway, agent);
    expect(rows.map((row) => [row.outcome, row.is_estimated])).toEqual([["incomplete", true]]);
    expect(gateway.upstream.calls).toHaveLength(1);
  });

  it("because nobody listens: 502, and a row that costs nothing", async () => {
    const closed = await startRawUpstream(() => undefined);
    await closed.close();
    const lonely = await startTestGateway({ env: { ANTHROPIC_UPSTREAM_URL: closed.url } });
    const lonelyAgent = await lonely.addAgent("a1");
    for (const fields of [STREAM, {}])
      expectOurs(await ask(lonely.url, { key: lonelyAgent.key, body: fields }), 502, "api_error");
    const rows = await lonely.ledger(lonelyAgent, 2);
    expect(rows.map((row) => [row.outcome, row.error_type, row.cost_nano_usd, row.is_estimated])).toEqual(
      Array(2).fill(["failed", "upstream_unreachable", 0n, false]),
    );
    const count = await ask(lonely.url, { key: lonelyAgent.key, path: "/v1/messages/count_tokens" });
    expectOurs(count, 502, "api_error");
    await lonely.stop();
  });
});

describe("an answer that does not come whole is not made to look whole", () => {
  it.each<[string, Script, Record<string, unknown>]>([
    ["a stream that stalls", { stallAfterEvents: 5 }, STREAM],
    ["a stream that is cut", { cutAfterEvents: 5 }, STREAM],
    ["JSON that stalls", { stallAfterEvents: 1 }, {}],
    ["JSON that is cut", { cutAfterEvents: 1 }, {}],
    ["a compressed stream that is cut", { cutAfterEvents: 5, gzip: true }, STREAM],
  ])("%s: the connection is cut, one row, charged for what was seen", async (_what, script, fields) => {
    const usage = { input_tokens: 900, output_tokens: 1 };
    const asked = ask(gateway.url, {
      key: agent.key,
      script: { text: "x".repeat(400), ...script, usage },
      body: fields,
    });
    await expect(asked).rejects.toThrow(/other side closed|terminated|ECONNRESET|aborted/);
    const [row, ...more] = await newRows(gateway, agent);
    expect(more).toEqual([]);
    expect([row?.outcome, row?.is_estimated, row?.status]).toEqual(["incomplete", true, 200]);
    if (fields === STREAM) expect(row?.input_tokens).toBe(900);
    expect(row?.output_tokens).toBeGreaterThan(1);
    expect(row?.output_tokens).toBeLessThan(250);
  });

  it("and the next call on the same connection of the agent's own is not harmed", async () => {
    expect((await ask(gateway.url, { key: agent.key })).status).toBe(200);
    expect(await newRows(gateway, agent)).toHaveLength(1);
  });
});

const BODY = JSON.stringify({
  type: "message",
  model: "claude-sonnet-5-5",
  usage: { input_tokens: 7, output_tokens: 8 },
});
const OK = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n`;

describe("an upstream that is not Anthropic", () => {
  async function answerTo(bytes: string | Buffer): Promise<{ answer: Answer | null; rows: LedgerRow[] }> {
    reply = bytes;
    const answer = await ask(rawGateway.url, { key: rawAgent.key }).catch(() => null);
    return { answer, rows: await newRows(rawGateway, rawAgent) };
  }

  it.each([
    ["noise", "\0\xffnoise\r\n\r\n"],
    ["headers without end", `${OK}x: ${"y".repeat(40_000)}\r\n\r\n`],
    ["two framings at once", `${OK}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
    ["two lengths", `${OK}content-length: 5\r\ncontent-length: 6\r\n\r\nhello`],
    ["a status that is no number", "HTTP/1.1 OK 200\r\n\r\n"],
    ["a header that cannot be passed on", `${OK}x: a\x01b\r\ncontent-length: 2\r\n\r\n{}`],
    [
      "a redirection to another protocol",
      "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
    ],
  ])("answers %s: 502 in shape, one row", async (_what, bytes) => {
    const { answer, rows } = await answerTo(Buffer.from(bytes, "latin1"));
    if (answer === null) throw new Error("The agent got no answer");
    expectOurs(answer, 502, "api_error");
    expect(rows.map((row) => row.outcome)).toEqual(["incomplete"]);
  });

  it.each([
    ["less than it announced", `${OK}content-length: ${BODY.length + 10}\r\n\r\n${BODY}`],
    [
      "a chunk that breaks off",
      `${OK}transfer-encoding: chunked\r\n\r\n${BODY.length.toString(16)}\r\n${BODY}\r\nff\r\nabc`,
    ],
    ["a chunk size that is none", `${OK}transfer-encoding: chunked\r\n\r\nzz\r\n`],
  ])("answers %s: the agent sees that it is cut, one row", async (_what, bytes) => {
    const { answer, rows } = await answerTo(bytes);
    expect(answer).toBeNull();
    expect(rows).toHaveLength(1);
  });

  it.each<[string, string, number, LedgerRow["outcome"]]>([
    ["a redirection", "HTTP/1.1 302 Found\r\nlocation: http://elsewhere/\r\ncontent-length: 0\r\n\r\n", 302, "failed"],
    [
      "hints before the answer",
      `HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${OK}content-length: ${BODY.length}\r\n\r\n${BODY}`,
      200,
      "completed",
    ],
    ["without a length, until it closes", `${OK}\r\n${BODY}`, 200, "completed"],
    [
      "with white space before the JSON",
      `${OK}content-length: ${BODY.length + 4}\r\n\r\n\r\n\t ${BODY}`,
      200,
      "completed",
    ],
    [
      "header bytes that are no ASCII",
      `${OK}x-name: Zo\xeb\xff\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`,
      200,
      "completed",
    ],
    [
      "a page",
      "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<html>Sign in to the hotel</html>",
      200,
      "incomplete",
    ],
    ["nothing", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", 200, "incomplete"],
    ["no content", "HTTP/1.1 204 No Content\r\n\r\n", 204, "incomplete"],
    [
      "an error's body with status 200",
      `${OK}\r\n{"type":"error","error":{"type":"overloaded_error","message":"x"}}`,
      200,
      "failed",
    ],
    ["an error without a body", "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n", 503, "failed"],
    [
      "an error that is a page",
      "HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\n\r\n<h1>nginx</h1>",
      502,
      "failed",
    ],
    ["text that says it is compressed", `${OK}content-encoding: gzip\r\n\r\n${BODY}`, 200, "completed"],
    ["an encoding nobody knows", `${OK}content-encoding: rot13\r\n\r\n${BODY}`, 200, "completed"],
  ])("answers %s: it passes as it is, one row", async (_what, bytes, status, outcome) => {
    const { answer, rows } = await answerTo(Buffer.from(bytes, "latin1"));
    expect(answer?.status).toBe(status);
    expect(answer?.bytes.toString("latin1")).toBe(
      bytes
        .split("\r\n\r\n")
        .slice(bytes.includes(" 103 ") ? 2 : 1)
        .join("\r\n\r\n"),
    );
    expect(rows.map((row) => row.outcome)).toEqual([outcome]);
    if (outcome === "failed") expect(rows[0]?.cost_nano_usd).toBe(0n);
  });

  it("header bytes that are no ASCII pass byte by byte", async () => {
    reply = Buffer.from(`${OK}x-name: Zo\xeb\xff\r\ncontent-length: 2\r\n\r\n{}`, "latin1");
    const connection = await connectRaw(rawGateway.url);
    const body = JSON.stringify(messageBody());
    connection.write(
      rawHead([`x-api-key: ${rawAgent.key}`, `Content-Length: ${body.length}`, "x-mine: Zo\xeb"]) + body,
    );
    expect(parseRaw(await connection.read()).head).toContain("x-name: zo\xeb\xff");
    connection.destroy();
    await newRows(rawGateway, rawAgent);
  });
});
