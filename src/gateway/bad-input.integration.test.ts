import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Answer, ask, errorIn } from "#testing/ask.ts";
import { startTestGateway, type TestAgent, type TestGateway } from "#testing/gateway.ts";
import { connectRaw, parseRaw, rawHead } from "#testing/raw-http.ts";
import { residentMegabytes } from "#testing/resident-memory.ts";
import { messageBody } from "../../e2e/anthropic/upstream-client.ts";

let gateway: TestGateway;
let agent: TestAgent;
let other: TestAgent;
beforeAll(async () => {
  gateway = await startTestGateway();
  agent = await gateway.addAgent("a1");
  other = await gateway.addAgent("a2");
}, 60_000);
afterAll(() => gateway.stop());
afterEach(async () => {
  expect(gateway.upstream.calls).toEqual([]);
  const { rows } = await gateway.pool.query("SELECT id FROM llm_requests");
  expect(rows).toEqual([]);
});

function expectRefusal(answer: Answer, status: number, errorType: string): void {
  const error = errorIn(answer.text);
  expect([answer.status, error.type, error.errorType]).toEqual([status, "error", errorType]);
  expect(answer.headers["content-type"]).toBe("application/json");
  expect(answer.headers["request-id"]).toBe(error.requestId);
  expect(error.requestId).toMatch(/^req_[0-9a-f]{32}$/);
  expect(error.message.length).toBeGreaterThan(20);
}

describe("who is not known is refused before anything of the call is sent on", () => {
  it.each<[string, () => Record<string, string | string[]>]>([
    ["no token", () => ({})],
    ["an empty token", () => ({ authorization: "Bearer " })],
    ["a wrong token", () => ({ authorization: `Bearer tvk_${"x".repeat(43)}` })],
    ["a key for Anthropic", () => ({ "x-api-key": "sk-ant-api03-real-looking" })],
    ["the token in the wrong header", () => ({ "x-auth-token": agent.key, cookie: agent.key })],
    ["two different tokens", () => ({ authorization: `Bearer ${agent.key}`, "x-api-key": other.key })],
    ["two different tokens in one repeated header", () => ({ "x-api-key": [agent.key, other.key] })],
    ["two tokens behind a comma", () => ({ authorization: `Bearer ${agent.key}, Bearer ${other.key}` })],
    ["a token and a list of more", () => ({ "x-api-key": `${agent.key},x` })],
    ["a valid token beside a wrong one", () => ({ "x-api-key": agent.key, "x-trinity-agent": "tvk_x" })],
  ])("%s: 401, final, in Anthropic's shape", async (_what, headers) => {
    const answer = await ask(gateway.url, { headers: headers() });
    expectRefusal(answer, 401, "authentication_error");
    expect(answer.headers["x-should-retry"]).toBe("false");
    for (const key of [agent.key, other.key, "sk-ant-api03"]) expect(answer.text).not.toContain(key);
  });

  it.each([
    ["a wrong token in the path", () => `/a/tvk_${"x".repeat(43)}/v1/messages`],
    ["a token in the path and another in the header", () => `/a/${other.key}/v1/messages`],
    ["half a token in the path", () => `/a/${agent.key.slice(0, 20)}/v1/messages`],
  ])("%s", async (_what, path) => {
    expectRefusal(await ask(gateway.url, { path: path(), key: agent.key }), 401, "authentication_error");
  });

  it("a body that nobody is known to have sent is not waited for, however large it is", async () => {
    const connection = await connectRaw(gateway.url);
    connection.write(rawHead(["Content-Length: 30000000", "x-api-key: nobody"]));
    expect(parseRaw(await connection.read()).status).toBe(401);
    connection.destroy();
  });
});

describe("a body that is not a message is refused with 400", () => {
  it.each<[string, string | Buffer]>([
    ["nothing", ""],
    ["not JSON", "hello"],
    ["not an object", "[]"],
    ["a bare string", '"claude-sonnet-5-5"'],
    ["two documents", `${JSON.stringify(messageBody())}{}`],
    ["JSON cut short, its length announced as it is", JSON.stringify(messageBody()).slice(0, -3)],
    ["JSON cut in the middle of a string", JSON.stringify(messageBody()).slice(0, 20)],
    ["no model", JSON.stringify({ max_tokens: 5, messages: [] })],
    ["a model that is no text", JSON.stringify(messageBody({ model: 5 }))],
    ["a model without a name", JSON.stringify(messageBody({ model: "" }))],
    ["a model inside something else only", JSON.stringify({ messages: [{ model: "claude-sonnet-5-5" }] })],
    ["bytes that are no text", Buffer.from([0xff, 0xfe, 0x00, 0x7b])],
    ["a compressed message that does not say so", gzipSync(JSON.stringify(messageBody()))],
  ])("%s", async (_what, body) => {
    const answer = await ask(gateway.url, { key: agent.key, body });
    expectRefusal(answer, 400, "invalid_request_error");
    expect(answer.headers["x-should-retry"]).toBe("false");
  });

  it("a compressed message, which could not be read for its model", async () => {
    const body = gzipSync(JSON.stringify(messageBody()));
    const answer = await ask(gateway.url, { key: agent.key, body, headers: { "content-encoding": "gzip" } });
    expectRefusal(answer, 400, "invalid_request_error");
  });

  it("a body that ends before its announced length, whether the client still listens or not", async () => {
    const body = JSON.stringify(messageBody());
    const start = async () => {
      const connection = await connectRaw(gateway.url);
      connection.write(rawHead([`Authorization: Bearer ${agent.key}`, `Content-Length: ${body.length + 100}`]) + body);
      await sleep(50);
      return connection;
    };
    (await start()).destroy();
    const listening = await start();
    listening.end();
    await listening.closed;
    const { status, body: refusal } = parseRaw(listening.received());
    expect([status, errorIn(refusal).errorType]).toEqual([400, "invalid_request_error"]);
  });
});

describe("a body above the limit", () => {
  const size = 60 * 1024 * 1024;
  const large = Buffer.alloc(size, "x");

  it("of 60 MB gets 413, which the client can read, and is not kept in memory", async () => {
    const before = residentMegabytes(gateway.process().pid);
    for (let round = 0; round < 4; round += 1) {
      const answer = await ask(gateway.url, { key: agent.key, body: large });
      expectRefusal(answer, 413, "request_too_large");
      expect(answer.headers["x-should-retry"]).toBe("false");
    }
    expect(residentMegabytes(gateway.process().pid) - before).toBeLessThan(100);
  });

  it("that does not announce its length gets 413 too", async () => {
    const connection = await connectRaw(gateway.url);
    connection.write(rawHead([`Authorization: Bearer ${agent.key}`, "Transfer-Encoding: chunked"]));
    for (let sent = 0; sent < 40; sent += 1) {
      connection.write(`${(1024 * 1024).toString(16)}\r\n`);
      connection.write(large.subarray(0, 1024 * 1024));
      connection.write("\r\n");
    }
    const { status, body } = parseRaw(await connection.read(2_000));
    expect([status, errorIn(body).errorType]).toEqual([413, "request_too_large"]);
    connection.destroy();
  });

  it("at exactly 32 MB is read and judged by what it says", async () => {
    const answer = await ask(gateway.url, { key: agent.key, body: large.subarray(0, 32 * 1024 * 1024) });
    expectRefusal(answer, 400, "invalid_request_error");
  });
});

describe("paths that are not served", () => {
  it.each([
    ["POST", "/v1/messages/batches"],
    ["GET", "/v1/messages/batches"],
    ["POST", "/v1/files"],
    ["GET", "/v1/files"],
    ["POST", "/v1/complete"],
    ["POST", "//v1/messages"],
    ["POST", "/v1/messages/../messages"],
    ["POST", "/v1/%2e%2e/v1/messages"],
    ["POST", "/v1/messages%2fbatches"],
    ["GET", "/v1/models/../files"],
    ["GET", "/v1/models/.."],
    ["POST", "http://api.anthropic.com/v1/messages"],
    ["DELETE", "/v1/messages"],
    ["OPTIONS", "/v1/messages"],
    ["GET", "/"],
  ])("%s %s: 404 in Anthropic's shape, although the agent is known", async (method, path) => {
    const connection = await connectRaw(gateway.url);
    connection.write(`${method} ${path} HTTP/1.1\r\nHost: a\r\nx-api-key: ${agent.key}\r\nConnection: close\r\n\r\n`);
    const { status, body } = parseRaw(await connection.read());
    expect([status, errorIn(body).errorType]).toEqual([404, "not_found_error"]);
  });

  it("HEAD needs no key: 200 and nothing else", async () => {
    for (const path of ["/", "/v1", "/v1/messages"]) {
      const response = await fetch(gateway.url + path, { method: "HEAD" });
      expect([response.status, await response.text()]).toEqual([200, ""]);
    }
  });
});
