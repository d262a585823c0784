import { once } from "node:events";
import { request } from "node:http";

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { toArray, toObject } from "./json.ts";
import type { Script } from "./script.ts";
import { type ScriptedAnthropic, startScriptedAnthropic } from "./scripted-anthropic.ts";
import { createUpstreamClient, messageBody, parseEvents, type UpstreamClient } from "./upstream-client.ts";

let upstream: ScriptedAnthropic;
let client: UpstreamClient;
beforeAll(async () => {
  upstream = await startScriptedAnthropic();
  client = createUpstreamClient(upstream.url);
});
afterEach(() => upstream.reset());
afterAll(() => upstream.close());

describe("kinds of answers", () => {
  it("thinking comes first and is signed", async () => {
    const events = await client.events({ kind: "thinking" });
    const types = events.map((event) => toObject(event.data.delta).type).filter((type) => type !== undefined);
    expect([...new Set(types)]).toEqual(["thinking_delta", "signature_delta", "text_delta"]);
  });

  it("tools are called in parallel, their input streamed in pieces of JSON", async () => {
    const tools = [
      { name: "Read", input: { file_path: "/a" } },
      { name: "Bash", input: { command: "ls" } },
    ];
    const events = await client.events({ kind: "tool_use", tools });
    const pieces = events
      .filter((event) => event.data.index === 2)
      .map((event) => toObject(event.data.delta).partial_json ?? "");
    expect(JSON.parse(pieces.join(""))).toEqual({ command: "ls" });
    expect(events.at(-2)?.data).toMatchObject({ delta: { stop_reason: "tool_use" } });
  });

  it("subagents are started with the caller's own tool", async () => {
    const message = await client.message({ kind: "subagents", prompts: ["a", "b"] }, { tools: [{ name: "Task" }] });
    const calls = toArray(message.content)
      .map(toObject)
      .filter((block) => block.type === "tool_use");
    expect(calls.map((call) => [call.name, toObject(call.input).prompt])).toEqual([
      ["Task", "a"],
      ["Task", "b"],
    ]);
  });

  it("a request with the web search tool is searched for, and the search is counted", async () => {
    const message = await client.message({}, { tools: [{ type: "web_search_20250305", name: "web_search" }] });
    expect(message.usage).toMatchObject({ server_tool_use: { web_search_requests: 1 } });
  });

  it.each([400, 401, 403, 404, 413, 429, 500, 529])(
    "error %d has Anthropic's shape and its retry-after",
    async (status) => {
      const response = await client.post(messageBody(), { kind: "error", status, retryAfter: 7, message: "No." });
      expect([response.status, response.headers.get("retry-after")]).toEqual([status, "7"]);
      const body = toObject(await response.json());
      expect(body).toMatchObject({
        type: "error",
        error: { message: "No." },
        request_id: response.headers.get("request-id"),
      });
      expect(toObject(body.error).type).toMatch(/_error$|request_too_large/);
    },
  );
});

describe("usage as scripted", () => {
  it("is verbatim in both forms", async () => {
    const usage = { input_tokens: -5, output_tokens: 1e15, cache_read_input_tokens: "x" };
    expect((await client.message({ usage })).usage).toEqual(usage);
    const events = await client.events({ usage });
    expect(toObject(events[0]?.data.message).usage).toEqual(usage);
    expect(events.at(-2)?.data.usage).toEqual(usage);
  });

  it("can be null or missing, in the first event or in the last", async () => {
    const events = await client.events({ startUsage: null, deltaUsage: "missing" });
    expect(toObject(events[0]?.data.message).usage).toBeNull();
    expect(events.at(-2)?.data).not.toHaveProperty("usage");
    expect(await client.message({ usage: "missing" })).not.toHaveProperty("usage");
  });

  it("two message_deltas carry cumulative counts", async () => {
    const events = await client.events({ text: "x".repeat(400), deltas: 2 });
    const deltas = events.filter((event) => event.name === "message_delta");
    expect(deltas.map((event) => toObject(event.data.usage).output_tokens)).toEqual([50, 100]);
  });
});

describe("faults", () => {
  it("a cut stream ends without its end", async () => {
    await expect(client.events({ cutAfterEvents: 4 })).rejects.toThrow();
  });

  it("a cut JSON answer ends without its end", async () => {
    await expect(client.message({ cutAfterEvents: 1 })).rejects.toThrow();
  });

  it.each<Script>([{ kind: "never" }, { stallAfterEvents: 2 }])(
    "%o leaves the caller waiting, and notes when it left",
    async (script) => {
      const headers = { "x-api-key": "k", "x-script": JSON.stringify(script) };
      const body = JSON.stringify(messageBody({ stream: true }));
      const signal = AbortSignal.timeout(200);
      const asked = fetch(`${upstream.url}/v1/messages`, { method: "POST", headers, body, signal }).then((response) =>
        response.text(),
      );
      await expect(asked).rejects.toThrow(/aborted/);
      await expect.poll(() => upstream.calls[0]?.outcome).toBe("aborted");
    },
  );

  it("hangup closes the connection without an answer", async () => {
    await expect(client.post(messageBody(), { kind: "hangup" })).rejects.toThrow("fetch failed");
  });

  it("an error event ends the stream", async () => {
    const events = await client.events({ errorAfterEvents: 3 });
    expect(events.map((event) => event.name)).toEqual(["message_start", "content_block_start", "ping", "error"]);
  });

  it("bytes, line ends and coding can be awkward, and the text is the same", async () => {
    const text = async (script: Script) => {
      const body = messageBody({
        stream: true,
        messages: [{ role: "user", content: `[[script: ${JSON.stringify(script)}]]` }],
      });
      const events = parseEvents(await (await client.post(body)).text());
      return events.map((event) => toObject(event.data.delta).text ?? "").join("");
    };
    expect(await text({ text: "Grüße 😀" })).toBe("Grüße 😀");
    expect(await text({ text: "Grüße 😀", chunkBytes: 1, crlf: true, gzip: true })).toBe("Grüße 😀");
  });

  it("a chunk border at every byte is one chunk for each byte", async () => {
    const headers = { "x-api-key": "k", "x-script": '{"chunkBytes":1,"text":"short"}' };
    const sent = request(`${upstream.url}/v1/messages`, { method: "POST", headers }).end(
      JSON.stringify(messageBody({ stream: true })),
    );
    const [response] = await once(sent, "response");
    const sizes: number[] = [];
    response.on("data", (chunk: Buffer) => sizes.push(chunk.length));
    await once(response, "end");
    expect(new Set(sizes)).toEqual(new Set([1]));
    expect(sizes.length).toBeGreaterThan(50);
  });

  it("broken UTF-8 is in the bytes", async () => {
    const response = await client.post(messageBody({ stream: true }), { brokenUtf8: true });
    expect(Buffer.from(await response.arrayBuffer()).includes(Buffer.from([0xc3, 0x28]))).toBe(true);
  });

  it("gzip is labelled", async () => {
    const response = await client.post(messageBody(), { gzip: true });
    expect(response.headers.get("content-encoding")).toBe("gzip");
    expect(await response.json()).toMatchObject({ type: "message" });
  });

  it("JSON can come instead of a stream", async () => {
    const response = await client.post(messageBody({ stream: true }), { asJson: true });
    expect(response.headers.get("content-type")).toBe("application/json");
  });

  it("headers and chunks can be slow", async () => {
    const startedAt = performance.now();
    const response = await client.post(messageBody({ stream: true }), {
      headersDelayMs: 120,
      chunkDelayMs: 40,
      chunks: 5,
      text: "1234567890",
    });
    const headersAt = performance.now();
    await response.text();
    expect(headersAt - startedAt).toBeGreaterThan(115);
    expect(performance.now() - headersAt).toBeGreaterThan(150);
  });
});
