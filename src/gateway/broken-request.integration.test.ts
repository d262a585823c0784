import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { errorIn } from "#testing/ask.ts";
import { startTestGateway, type TestAgent, type TestGateway } from "#testing/gateway.ts";
import { connectRaw, parseRaw, rawHead, sendRaw } from "#testing/raw-http.ts";
import { messageBody } from "../../e2e/anthropic/upstream-client.ts";

let gateway: TestGateway;
let agent: TestAgent;
let key: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  agent = await gateway.addAgent("a1");
  key = `x-api-key: ${agent.key}`;
}, 60_000);
afterAll(() => gateway.stop());
afterEach(() => gateway.upstream.reset());

const BODY = JSON.stringify(messageBody());
const LENGTH = `Content-Length: ${BODY.length}`;
const CHUNKED = "Transfer-Encoding: chunked";
const HIDDEN = "POST /v1/messages HTTP/1.1\r\nHost: a\r\nx-hidden: 1\r\n\r\n";

/** One whole request that is valid. */
function valid(...headers: string[]): string {
  return rawHead([key, LENGTH, ...headers]) + BODY;
}

function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

describe("framing that two readers could read differently is refused, and nothing of it reaches the upstream", () => {
  it.each<[string, () => string]>([
    ["both Content-Length and Transfer-Encoding", () => rawHead([key, LENGTH, CHUNKED]) + BODY],
    ["both, the other way round", () => `${rawHead([key, CHUNKED, "Content-Length: 4"])}0\r\n\r\n${HIDDEN}`],
    ["two lengths", () => rawHead([key, LENGTH, "Content-Length: 0"]) + BODY],
    ["the same length twice", () => rawHead([key, LENGTH, LENGTH]) + BODY],
    ["a list of lengths", () => rawHead([key, `Content-Length: ${BODY.length}, ${BODY.length}`]) + BODY],
    ["a signed length", () => rawHead([key, `Content-Length: +${BODY.length}`]) + BODY],
    ["a negative length", () => rawHead([key, "Content-Length: -1"]) + BODY],
    ["a hexadecimal length", () => rawHead([key, "Content-Length: 0x10"]) + BODY],
    ["a length beyond numbers", () => rawHead([key, "Content-Length: 99999999999999999999"]) + BODY],
    ["a space before the colon", () => `${rawHead([key, "Transfer-Encoding : chunked"])}0\r\n\r\n`],
    ["an encoding that is not chunked", () => `${rawHead([key, "Transfer-Encoding: xchunked"])}0\r\n\r\n`],
    ["chunked, but not last", () => `${rawHead([key, "Transfer-Encoding: chunked, identity"])}0\r\n\r\n`],
    ["chunked twice", () => `${rawHead([key, CHUNKED, CHUNKED])}0\r\n\r\n`],
    ["a chunk size that is no number", () => `${rawHead([key, CHUNKED])}zz\r\n${BODY}\r\n0\r\n\r\n`],
    ["a chunk size beyond numbers", () => `${rawHead([key, CHUNKED])}fffffffffffffffff\r\nx\r\n0\r\n\r\n`],
    ["chunks that end in bare line feeds", () => `${rawHead([key, CHUNKED])}1\nx\n0\n\n`],
    ["a chunk longer than it says", () => `${rawHead([key, CHUNKED])}1\r\n${BODY}\r\n0\r\n\r\n`],
    ["a folded header", () => rawHead([key, "X-A: a\r\n b", "Content-Length: 0"])],
    ["lines that end in bare line feeds", () => valid().replaceAll("\r\n", "\n")],
    ["a bare carriage return in a header", () => rawHead([key, "X-A: a\rX-B: b", "Content-Length: 0"])],
    ["a zero byte in a header", () => rawHead([key, "X-A: a\0b", "Content-Length: 0"])],
    ["a header without a name", () => rawHead([key, ": a", "Content-Length: 0"])],
    ["a header with a space in its name", () => rawHead([key, "X A: a", "Content-Length: 0"])],
    ["two Host headers", () => valid("Host: b")],
    ["no Host header", () => valid().replace("Host: gateway\r\n", "")],
    ["another protocol's version", () => valid().replace("HTTP/1.1", "HTTP/9.9")],
    ["HTTP/2", () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["TLS", () => "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"],
    ["noise", () => "\x00\xff\x00\xff\r\n\r\n"],
    ["a line that is no request", () => "hello\r\n\r\n"],
    ["a path with bytes that need encoding", () => valid().replace("/v1/messages", "/v1/m\xe9ssages")],
  ])("%s: 400 in Anthropic's shape", async (_what, request) => {
    const { status, head, body } = parseRaw(await sendRaw(gateway.url, Buffer.from(request(), "latin1")));
    const error = errorIn(body);
    expect([status, error.type, error.errorType]).toEqual([400, "error", "invalid_request_error"]);
    expect(error.requestId).toMatch(/^req_[0-9a-f]{32}$/);
    expect(head).toContain("content-type: application/json");
    expect(head).toContain("x-should-retry: false");
    expect(gateway.upstream.calls).toEqual([]);
    expect(await gateway.ledger(agent, 0)).toEqual([]);
  });

  it("headers larger than 64 KB: 431 in Anthropic's shape", async () => {
    const { status, body } = parseRaw(await sendRaw(gateway.url, valid(`X-Large: ${"x".repeat(70_000)}`)));
    expect([status, errorIn(body).errorType]).toEqual([431, "invalid_request_error"]);
    expect(gateway.upstream.calls).toEqual([]);
  });

  it("an Expect that is not understood: 417 in Anthropic's shape", async () => {
    const { status, body } = parseRaw(await sendRaw(gateway.url, valid("Expect: 200-maybe")));
    expect([status, errorIn(body).errorType]).toEqual([417, "invalid_request_error"]);
    expect(gateway.upstream.calls).toEqual([]);
  });

  it("a tunnel is not made", async () => {
    const { status, body } = parseRaw(
      await sendRaw(gateway.url, `CONNECT api.anthropic.com:443 HTTP/1.1\r\nHost: a\r\n${key}\r\n\r\n`),
    );
    expect([status, errorIn(body).errorType]).toEqual([404, "not_found_error"]);
  });

  it("a broken request that goes on for megabytes can read its answer, and does not hold the connection", async () => {
    const connection = await connectRaw(gateway.url);
    connection.write(`${rawHead([key, LENGTH, CHUNKED])}${"x".repeat(5_000_000)}`);
    await connection.closed;
    expect(parseRaw(connection.received()).status).toBe(400);
  });

  it("a client that never sends anything more after its broken request does not hold the connection either", async () => {
    const connection = await connectRaw(gateway.url);
    connection.write("hello\r\n\r\n");
    await connection.closed;
    expect(parseRaw(connection.received()).status).toBe(400);
  });
});

describe("unusual requests that are clear pass, in a framing of our own", () => {
  it.each<[string, () => string]>([
    [
      "a body in chunks, with extensions and trailers",
      () =>
        `${rawHead([key, CHUNKED])}${chunk(BODY.slice(0, 10))}${chunk(BODY.slice(10)).replace("\r\n", ";a=b\r\n")}0\r\nx-api-key: evil\r\n\r\n`,
    ],
    [
      "an upgrade that is not taken",
      () => valid("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: x"),
    ],
    ["a client that asks before it sends", () => valid("Expect: 100-continue")],
    ["HTTP/1.0", () => valid().replace("HTTP/1.1", "HTTP/1.0")],
    [
      "headers named as the connection's own",
      () => valid("Connection: X-Api-Key, Content-Length, X-Drop", "X-Drop: 1"),
    ],
    ["repeated headers", () => valid("anthropic-beta: a", "anthropic-beta: b")],
  ])("%s", async (_what, request) => {
    const answer = await sendRaw(gateway.url, request());
    expect(answer).toContain("200 OK");
    const [call, ...others] = gateway.upstream.calls;
    expect(others).toEqual([]);
    expect(call?.body).toBe(BODY);
    expect(call?.headers["content-length"]).toBe(String(BODY.length));
    for (const name of ["transfer-encoding", "upgrade", "expect", "x-drop", "http2-settings", "trailer"])
      expect(call?.headers).not.toHaveProperty(name);
    expect(JSON.stringify(call?.headers)).not.toContain(agent.key);
  });
});

describe("several requests on one connection", () => {
  it("that do not wait for each other's answers are answered in their order, each counted once", async () => {
    const before = (await gateway.ledger(agent, 0)).length;
    const connection = await connectRaw(gateway.url);
    const slow = valid(`x-script: ${JSON.stringify({ text: "FIRST", headersDelayMs: 300 })}`);
    const quick = valid(`x-script: ${JSON.stringify({ text: "SECOND" })}`);
    connection.write(slow + quick + rawHead(["Content-Length: 0", "x-api-key: nobody"]));
    const answers = await connection.read(800);
    connection.destroy();
    expect(answers.match(/HTTP\/1\.1 \d+|FIRST|SECOND/g)).toEqual([
      "HTTP/1.1 200",
      "FIRST",
      "HTTP/1.1 200",
      "SECOND",
      "HTTP/1.1 401",
    ]);
    const rows = await gateway.ledger(agent, before + 2);
    expect(rows.slice(before).map((row) => row.outcome)).toEqual(["completed", "completed"]);
  });

  it("rubbish behind a request does not get into its answer", async () => {
    const connection = await connectRaw(gateway.url);
    const stream = JSON.stringify(messageBody({ stream: true }));
    const script = JSON.stringify({ chunkDelayMs: 20, text: "abc ".repeat(60) });
    connection.write(
      `${rawHead([key, `Content-Length: ${stream.length}`, `x-script: ${script}`])}${stream}\0rubbish\r\n\r\n`,
    );
    await connection.closed;
    const answer = connection.received();
    expect(answer).toContain("event: message_stop");
    expect(answer.endsWith("0\r\n\r\n")).toBe(true);
    expect(answer).not.toContain("400 Bad Request");
  });

  it("when the client leaves, all of them end, also those whose turn had not come", async () => {
    const before = (await gateway.ledger(agent, 0)).length;
    const connection = await connectRaw(gateway.url);
    const stream = JSON.stringify(messageBody({ stream: true }));
    const stalling =
      rawHead([key, `Content-Length: ${stream.length}`, `x-script: ${JSON.stringify({ stallAfterEvents: 3 })}`]) +
      stream;
    connection.write(stalling + stalling + stalling);
    while (gateway.upstream.calls.length < 3) await sleep(20);
    await sleep(100);
    connection.destroy();
    const rows = await gateway.ledger(agent, before + 3);
    expect(rows.slice(before).map((row) => [row.outcome, row.error_type])).toEqual(
      Array(3).fill(["incomplete", "client_disconnected"]),
    );
    expect(gateway.upstream.calls.map((call) => call.outcome)).toEqual(["aborted", "aborted", "aborted"]);
  });
});
