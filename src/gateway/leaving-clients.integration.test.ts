import type { AddressInfo, Socket } from "node:net";
import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { toHeader } from "#testing/ask.ts";
import { type LedgerRow, startTestGateway, type TestAgent, type TestGateway } from "#testing/gateway.ts";
import { connectRaw, type RawConnection, rawHead } from "#testing/raw-http.ts";
import { type RawUpstream, startRawUpstream } from "#testing/raw-upstream.ts";
import type { Script } from "../../e2e/anthropic/script.ts";
import { messageBody } from "../../e2e/anthropic/upstream-client.ts";

const IDLE_MS = 1_500;
const ENV = { UPSTREAM_IDLE_TIMEOUT_MS: String(IDLE_MS) };

let gateway: TestGateway;
let agent: TestAgent;
/** A second gateway, before an upstream that says `reply` and then neither goes on nor hangs up. */
let rawGateway: TestGateway;
let rawAgent: TestAgent;
let rawUpstream: RawUpstream;
let reply = "";
beforeAll(async () => {
  rawUpstream = await startRawUpstream((socket) => void socket.write(reply));
  gateway = await startTestGateway({ env: ENV });
  rawGateway = await startTestGateway({ env: { ...ENV, ANTHROPIC_UPSTREAM_URL: rawUpstream.url } });
  agent = await gateway.addAgent("a1");
  rawAgent = await rawGateway.addAgent("a1");
}, 60_000);
afterAll(async () => {
  await Promise.all([gateway.stop(), rawGateway.stop(), rawUpstream.close()]);
});
afterEach(async () => {
  await gateway.pool.query("DELETE FROM llm_requests");
  await rawGateway.pool.query("DELETE FROM llm_requests");
  gateway.upstream.reset();
});

/** Sends a whole message by hand. */
async function send(script: Script, fields: Record<string, unknown> = {}): Promise<RawConnection> {
  const body = JSON.stringify(messageBody(fields));
  const connection = await connectRaw(gateway.url);
  connection.write(
    rawHead([`x-api-key: ${agent.key}`, `Content-Length: ${body.length}`, `x-script: ${toHeader(script)}`]) + body,
  );
  return connection;
}

async function onlyRow(): Promise<LedgerRow> {
  const [row, ...more] = await gateway.ledger(agent, 1);
  expect(more).toEqual([]);
  if (row === undefined) throw new Error("The call is not in the ledger");
  return row;
}

async function expectUpstreamAborted(): Promise<void> {
  await vi.waitFor(() => expect(gateway.upstream.calls.map((call) => call.outcome)).toEqual(["aborted"]));
}

const STREAM = { stream: true };
const USAGE = { input_tokens: 800, output_tokens: 1 };

describe("a client that leaves", () => {
  it("while it is still sending leaves no trace", async () => {
    const connection = await connectRaw(gateway.url);
    connection.write(rawHead([`x-api-key: ${agent.key}`, "Content-Length: 1000"]));
    await sleep(50);
    connection.write('{"model":');
    await sleep(50);
    connection.destroy();
    expect(await gateway.ledger(agent, 0)).toEqual([]);
    expect(gateway.upstream.calls).toEqual([]);
  });

  it.each([
    ["JSON", {}],
    ["a stream", STREAM],
  ])("before the answer begins (%s) aborts the upstream; one row, charged by an estimate", async (_what, fields) => {
    const connection = await send({ headersDelayMs: 60_000 }, fields);
    await vi.waitFor(() => expect(gateway.upstream.calls).toHaveLength(1));
    connection.destroy();
    await expectUpstreamAborted();
    const row = await onlyRow();
    expect([row.outcome, row.error_type, row.status, row.is_estimated]).toEqual([
      "incomplete",
      "client_disconnected",
      null,
      true,
    ]);
    expect(row.cost_nano_usd).toBeGreaterThan(0n);
  });

  it("in the middle of a stream aborts the upstream; one row, of the reported input and the streamed output", async () => {
    const connection = await send({ stallAfterEvents: 7, text: "y".repeat(400), usage: USAGE }, STREAM);
    await vi.waitFor(() => expect(connection.received().match(/text_delta/g)).toHaveLength(4));
    connection.destroy();
    await expectUpstreamAborted();
    const row = await onlyRow();
    expect([row.outcome, row.error_type, row.status, row.is_estimated]).toEqual([
      "incomplete",
      "client_disconnected",
      200,
      true,
    ]);
    // Four deltas of 24 characters have been streamed.
    expect([row.input_tokens, row.output_tokens]).toEqual([800, 24]);
    expect(row.cost_nano_usd).toBe(800n * 2_000n + 24n * 10_000n);
  });

  it("in the middle of JSON: one row", async () => {
    const connection = await send({ stallAfterEvents: 1, text: "y".repeat(4_000) });
    await vi.waitFor(() => expect(connection.received()).toContain("yyyy"));
    connection.destroy();
    await expectUpstreamAborted();
    const row = await onlyRow();
    expect([row.outcome, row.error_type]).toEqual(["incomplete", "client_disconnected"]);
    expect(row.output_tokens).toBeGreaterThan(300);
  });

  it("by closing its side of the connection only has left all the same", async () => {
    const connection = await send({ stallAfterEvents: 5 }, STREAM);
    await vi.waitFor(() => expect(connection.received()).toContain("text_delta"));
    connection.end();
    await expectUpstreamAborted();
    expect((await onlyRow()).error_type).toBe("client_disconnected");
  });
});

describe("a client that takes its time", () => {
  const comments = ": nothing\n".repeat(2_000_000);
  const start = `data: ${JSON.stringify({ type: "message_start", message: { model: "claude-sonnet-5-5", usage: USAGE } })}\n\n`;
  const end = `data: ${JSON.stringify({ type: "message_delta", usage: { output_tokens: 9 } })}\n\n`;

  /** Asks for far more than the buffers on the way take, and reads nothing of it yet. */
  async function sendWithoutReading(): Promise<Socket> {
    const length = start.length + comments.length + end.length;
    reply = `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: ${length}\r\n\r\n${start}${comments}${end}`;
    const body = JSON.stringify(messageBody(STREAM));
    const socket = net.connect({ port: Number(new URL(rawGateway.url).port), host: "127.0.0.1" });
    await new Promise<void>((resolve) => socket.once("connect", resolve));
    socket.write(rawHead([`x-api-key: ${rawAgent.key}`, `Content-Length: ${body.length}`, "Connection: close"]) + body);
    return socket;
  }

  it("and does not read at all is cut off when the idle time is over; one row", async () => {
    const connection = await sendWithoutReading();
    const [row, ...more] = await rawGateway.ledger(rawAgent, 1);
    expect(more).toEqual([]);
    expect([row?.outcome, row?.error_type, row?.input_tokens]).toEqual(["incomplete", "client_stalled", 800]);
    expect(row?.latency_ms).toBeGreaterThanOrEqual(IDLE_MS);
    await vi.waitFor(() => expect(rawUpstream.open()).toBe(0));
    connection.destroy();
  });

  it("but reads on in time gets everything", async () => {
    const connection = await sendWithoutReading();
    await sleep(IDLE_MS / 2);
    let bytes = 0;
    connection.on("data", (chunk) => {
      bytes += chunk.length;
    });
    await new Promise<void>((resolve) => connection.once("close", () => resolve()));
    expect(bytes).toBeGreaterThan(comments.length);
    const rows = await rawGateway.ledger(rawAgent, 1);
    expect(rows.map((row) => [row.outcome, row.output_tokens])).toEqual([["completed", 9]]);
  });
});

describe("a client that leaves when it has everything, but before the upstream has hung up", () => {
  const usage = { input_tokens: 800, output_tokens: 300 };
  const events = [
    { type: "message_start", message: { model: "claude-sonnet-5-5", usage: { ...usage, output_tokens: 1 } } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "hi" } },
    { type: "message_delta", delta: { stop_reason: "end_turn" }, usage },
    { type: "message_stop" },
  ];
  const stream = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
  const json = JSON.stringify({ type: "message", model: "claude-sonnet-5-5", content: [], usage });

  async function leaveAfter(text: string, type: string): Promise<LedgerRow[]> {
    const body = JSON.stringify(messageBody());
    reply = `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\n\r\n${text.length.toString(16)}\r\n${text}\r\n`;
    const connection = await connectRaw(rawGateway.url);
    connection.write(rawHead([`x-api-key: ${rawAgent.key}`, `Content-Length: ${body.length}`]) + body);
    await vi.waitFor(() => expect(connection.received()).toContain(text));
    connection.destroy();
    await vi.waitFor(() => expect(rawUpstream.open()).toBe(0));
    return rawGateway.ledger(rawAgent, 1);
  }

  it.each([
    ["message_stop of a stream", stream, "text/event-stream"],
    ["the last brace of JSON", json, "application/json"],
  ])("after %s is charged what was reported; one row", async (_what, text, type) => {
    const rows = await leaveAfter(text, type);
    expect(rows.map((row) => [row.outcome, row.is_estimated, row.input_tokens, row.output_tokens])).toEqual([
      ["completed", false, 800, 300],
    ]);
  });

  it("after the last counts of a stream, but before message_stop: one row with those counts", async () => {
    const rows = await leaveAfter(stream.slice(0, stream.lastIndexOf("event:")), "text/event-stream");
    expect(rows.map((row) => [row.outcome, row.input_tokens, row.output_tokens])).toEqual([["incomplete", 800, 300]]);
  });
});

describe("a call that never went out", () => {
  it("costs nothing: the client left while the gateway was still connecting", async () => {
    // Takes connections, and never says a word of TLS.
    const silent = net.createServer();
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as AddressInfo; // a TCP server that listens has an address
    const connecting = await startTestGateway({ env: { ANTHROPIC_UPSTREAM_URL: `https://127.0.0.1:${port}` } });
    const patient = await connecting.addAgent("a1");
    const body = JSON.stringify(messageBody());
    const connection = await connectRaw(connecting.url);
    connection.write(rawHead([`x-api-key: ${patient.key}`, `Content-Length: ${body.length}`]) + body);
    await sleep(200);
    connection.destroy();
    const rows = await connecting.ledger(patient, 1);
    expect(rows.map((row) => [row.outcome, row.error_type, row.cost_nano_usd])).toEqual([
      ["failed", "client_disconnected", 0n],
    ]);
    await connecting.stop();
    silent.close();
  });
});
