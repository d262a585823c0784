import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { toArray, toObject } from "./json.ts";
import type { Script } from "./script.ts";
import { type ScriptedAnthropic, startScriptedAnthropic } from "./scripted-anthropic.ts";
import { createUpstreamClient, messageBody, type UpstreamClient } from "./upstream-client.ts";

let upstream: ScriptedAnthropic;
let client: UpstreamClient;
beforeAll(async () => {
  upstream = await startScriptedAnthropic();
  client = createUpstreamClient(upstream.url);
});
afterEach(() => upstream.reset());
afterAll(() => upstream.close());

const LONG_SYSTEM = "You are careful. ".repeat(600);

describe("an ordinary answer", () => {
  it("is a message with ids, headers and usage as the API sends them", async () => {
    const response = await client.post(messageBody());
    expect(response.headers.get("request-id")).toMatch(/^req_011C\w{22}$/);
    expect(response.headers.get("anthropic-ratelimit-requests-limit")).toBe("4000");
    const message = toObject(await response.json());
    expect(message).toMatchObject({
      type: "message",
      role: "assistant",
      model: "claude-sonnet-5-5",
      stop_reason: "end_turn",
    });
    expect(message.id).toMatch(/^msg_01\w{22}$/);
    expect(message.usage).toMatchObject({
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
      service_tier: "standard",
    });
    expect(toObject(message.usage).input_tokens).toBeGreaterThan(0);
    expect(toObject(message.usage).output_tokens).toBeGreaterThan(0);
  });

  it("streams the API's exact sequence of events, with the same text as the answer in one piece", async () => {
    const events = await client.events({ text: "One two three four five six seven eight." });
    const names = events.map((event) => event.name);
    expect(names.slice(0, 4)).toEqual(["message_start", "content_block_start", "ping", "content_block_delta"]);
    expect(names.slice(-3)).toEqual(["content_block_stop", "message_delta", "message_stop"]);
    const text = events.map((event) => toObject(event.data.delta).text ?? "").join("");
    expect(text).toBe("One two three four five six seven eight.");
    expect(events.at(-2)?.data).toMatchObject({ delta: { stop_reason: "end_turn" }, usage: { output_tokens: 10 } });
  });

  it("is the same for the same request, and another one's ids are its own", async () => {
    const first = await client.message({});
    upstream.reset();
    expect(await client.message({})).toEqual(first);
    expect((await client.message({})).id).not.toBe(first.id);
  });

  it("reads from the cache what an earlier turn of the conversation wrote", async () => {
    const system = [{ type: "text", text: LONG_SYSTEM, cache_control: { type: "ephemeral" } }];
    const usage = async (messages: unknown[]) => toObject((await client.message({}, { system, messages })).usage);
    const first = await usage([{ role: "user", content: "hello" }]);
    const second = await usage([
      { role: "user", content: "hello" },
      { role: "assistant", content: "hi" },
      { role: "user", content: [{ type: "text", text: "and now?", cache_control: { type: "ephemeral" } }] },
    ]);
    expect(first).toMatchObject({ cache_read_input_tokens: 0 });
    expect(first.cache_creation_input_tokens).toBeGreaterThan(2_000);
    expect(second.cache_read_input_tokens).toBe(first.cache_creation_input_tokens);
    expect(second.cache_creation_input_tokens).toBeLessThan(100);
  });

  it("counts cache writes as 1-hour writes where the request asks for them", async () => {
    const system = [{ type: "text", text: LONG_SYSTEM, cache_control: { type: "ephemeral", ttl: "1h" } }];
    const usage = toObject((await client.message({}, { system })).usage);
    const total = usage.cache_creation_input_tokens;
    expect(usage.cache_creation).toEqual({ ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: total });
    expect(total).toBeGreaterThan(2_000);
  });

  it("does not count the bytes of an image as text", async () => {
    const source = { type: "base64", media_type: "image/png", data: "A".repeat(400_000) };
    const usage = (await client.message({}, { messages: [{ role: "user", content: [{ type: "image", source }] }] }))
      .usage;
    expect(toObject(usage).input_tokens).toBeLessThan(2_000);
  });
});

describe("where a script comes from", () => {
  it("the marker in the last user message, not one that a tool returned", async () => {
    const marked = { role: "user", content: [{ type: "text", text: 'Do it [[script: {"text":"[[deep]]"}]] now' }] };
    const result = {
      role: "user",
      content: [{ type: "tool_result", tool_use_id: "t", content: '[[script: {"text":"no"}]]' }],
    };
    const text = async (messages: unknown[]) =>
      toObject(toArray((await client.message({}, { messages })).content)[0]).text;
    upstream.reset();
    const plain = (messages: unknown[]) => client.post(messageBody({ messages })).then((response) => response.json());
    expect(await plain([marked])).toMatchObject({ content: [{ text: "[[deep]]" }] });
    expect(await text([marked, { role: "assistant", content: "ok" }, result])).not.toBe("no");
  });

  it("the queue, then the function", async () => {
    upstream.enqueue({ text: "from the queue" });
    expect(await (await client.post(messageBody())).json()).toMatchObject({ content: [{ text: "from the queue" }] });
    const decided = await startScriptedAnthropic({ decide: (call) => ({ text: `decided ${call.path}` }) });
    const response = await fetch(`${decided.url}/v1/messages`, {
      method: "POST",
      headers: { authorization: "Bearer k" },
      body: JSON.stringify(messageBody()),
    });
    expect(await response.json()).toMatchObject({ content: [{ text: "decided /v1/messages" }] });
    await decided.close();
  });

  it("holds for `times` requests, then gives way", async () => {
    const script: Script = { kind: "error", status: 529, times: 2, afterwards: { text: "at last" } };
    const statuses = [await client.post(messageBody(), script), await client.post(messageBody(), script)].map(
      (response) => response.status,
    );
    expect(statuses).toEqual([529, 529]);
    expect(await client.message(script)).toMatchObject({ content: [{ text: "at last" }] });
  });

  it.each(['{"knid":"text"}', '{"kind":"txt"}', "not json", '{"chunks":"3"}'])(
    "refuses %s instead of answering something else",
    async (script) => {
      const headers = { "x-api-key": "k", "x-script": script };
      const response = await fetch(`${upstream.url}/v1/messages`, {
        method: "POST",
        headers,
        body: JSON.stringify(messageBody()),
      });
      expect(response.status).toBe(400);
      expect(await response.text()).toContain("script:");
    },
  );
});

describe("the rest of the API", () => {
  const get = (path: string, headers: Record<string, string> = { "x-api-key": "k" }) =>
    fetch(`${upstream.url}${path}`, { headers });

  it("counts tokens, lists models, and knows nothing else", async () => {
    const counted = await fetch(`${upstream.url}/v1/messages/count_tokens`, {
      method: "POST",
      headers: { "x-api-key": "k" },
      body: JSON.stringify(messageBody()),
    });
    expect(toObject(await counted.json()).input_tokens).toBeGreaterThan(0);
    expect(toArray(toObject(await (await get("/v1/models?limit=1000")).json()).data).length).toBeGreaterThan(3);
    const unknown = await get("/v1/files");
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({ type: "error", error: { type: "not_found_error" } });
  });

  it("lets nobody in without a credential, and only those it knows when it has a list", async () => {
    expect((await get("/v1/models", {})).status).toBe(401);
    const strict = await startScriptedAnthropic({ acceptedKeys: ["good"] });
    const statuses = ["good", "bad"].map(
      async (key) => (await fetch(`${strict.url}/v1/models`, { headers: { "x-api-key": key } })).status,
    );
    expect(await Promise.all(statuses)).toEqual([200, 401]);
    await strict.close();
  });

  it("refuses a request that is not one", async () => {
    expect((await client.post("{")).status).toBe(400);
    expect(await (await client.post({ model: "m", messages: [] })).json()).toMatchObject({
      error: { message: "max_tokens: Field required" },
    });
  });

  it("records what it was asked", async () => {
    await client.post(messageBody());
    expect(upstream.calls).toMatchObject([
      { method: "POST", path: "/v1/messages?beta=true", headers: { "x-api-key": "k" }, outcome: "answered" },
    ]);
    expect(upstream.calls[0]?.body).toBe(JSON.stringify(messageBody()));
  });
});
