import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { toObject } from "../anthropic/json.ts";
import { type ScriptedAnthropic, startScriptedAnthropic } from "../anthropic/scripted-anthropic.ts";
import { type HeliconeStandIn, startHeliconeStandIn } from "./helicone-stand-in.ts";

const ID = "64b5fa78-00fb-4083-8dc4-2cfea439c933";
const MODEL = "claude-sonnet-4-20250514";
const ALL_DAY = { start: "2026-11-23T00:00:00Z", end: "2026-11-24T00:00:00Z" };

let upstream: ScriptedAnthropic;
let helicone: HeliconeStandIn;
beforeAll(async () => {
  upstream = await startScriptedAnthropic();
  helicone = await startHeliconeStandIn({ upstreamUrl: upstream.url, faults: { indexDelayMs: 0 } });
});
afterEach(async () => {
  upstream.reset();
  await helicone.reset();
});
afterAll(async () => {
  await helicone.close();
  await upstream.close();
});

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${helicone.jawnUrl}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

function logBody(id: string, overrides: { model?: string; usage?: unknown } = {}): unknown {
  const { model = MODEL, usage = { input_tokens: 1000, output_tokens: 100, cache_read_input_tokens: 500 } } = overrides;
  return {
    provider: "ANTHROPIC",
    providerRequest: {
      url: "https://api.anthropic.com/v1/messages",
      json: { model, max_tokens: 100, messages: [{ role: "user", content: "hi" }] },
      meta: { "Helicone-Property-Agent-Name": "scout", "Helicone-User-Id": "scout", "Helicone-Request-Id": id },
    },
    providerResponse: { json: { type: "message", model, usage }, status: 200, headers: {} },
    timing: {
      startTime: { seconds: 1795473900, milliseconds: 0 },
      endTime: { seconds: 1795473900, milliseconds: 500 },
      timeToFirstToken: 200,
    },
  };
}

async function log(id: string, overrides: { model?: string; usage?: unknown } = {}): Promise<Response> {
  return post("/v1/trace/custom/v1/log", logBody(id, overrides), bearer(helicone.createKey("rw")));
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

async function rows(filter: unknown = "all"): Promise<Record<string, unknown>[]> {
  const answer = await post("/v1/request/query-clickhouse", { filter, limit: 100 }, bearer(helicone.createKey("rw")));
  expect(answer.status).toBe(201);
  const { data } = toObject(await answer.json());
  return (Array.isArray(data) ? data : []).map(toObject);
}

describe("the log route", () => {
  it("makes the row that was recorded, numbers as strings and the cost as a number", async () => {
    expect((await log(ID)).status).toBe(200);
    expect(await rows()).toMatchObject([
      {
        request_id: ID,
        request_model: MODEL,
        provider: "ANTHROPIC",
        delay_ms: 500,
        time_to_first_token: "200",
        prompt_tokens: "1000",
        completion_tokens: "100",
        prompt_cache_read_tokens: "500",
        cost: 0.00465,
        request_user_id: "scout",
        request_properties: { "agent-name": "scout" },
        response_status: 200,
      },
    ]);
    expect(helicone.violations()).toEqual([]);
  });

  it("takes one id twice, and has two rows of it", async () => {
    await log(ID);
    await log(ID);
    expect(await rows({ request_response_rmt: { request_id: { equals: ID } } })).toHaveLength(2);
  });

  it("gives new models no price and the newest not even tokens", async () => {
    await log(ID, { model: "claude-opus-4-6" });
    expect(await rows()).toMatchObject([{ cost: 0, prompt_tokens: "1000" }]);
    await log(ID, { model: "claude-opus-5-5" });
    expect((await rows()).at(-1)).toMatchObject({ cost: 0, prompt_tokens: "0" });
  });

  it("says that the region is missing where it is, and refuses a key that may not read", async () => {
    const bare = await startHeliconeStandIn({ upstreamUrl: upstream.url, hasRegion: false });
    const send = (key: string) =>
      fetch(`${bare.jawnUrl}/v1/trace/custom/v1/log`, {
        method: "POST",
        headers: { "content-type": "application/json", ...bearer(key) },
        body: JSON.stringify(logBody(ID)),
      });
    const answer = await send(bare.createKey("rw"));
    expect([answer.status, toObject(await answer.json()).details]).toEqual([500, "Region is missing"]);
    const refused = await send(bare.createKey("w"));
    expect([refused.status, await refused.json()]).toEqual([401, { error: null, trace: "isAuthenticated.error" }]);
    await bare.close();
  });

  it("a field that was not recorded is refused and noted", async () => {
    const body = { ...toObject(logBody(ID)), extra: 1 };
    const answer = await post("/v1/trace/custom/v1/log", body, bearer(helicone.createKey("rw")));
    expect([answer.status, answer.headers.get("content-type")]).toEqual([400, "text/html; charset=utf-8"]);
    expect(helicone.violations()).toHaveLength(1);
  });
});

describe("the proxy", () => {
  const headers = (key: string) => ({
    "x-api-key": "sk-ant-fake",
    "anthropic-version": "2023-06-01",
    "helicone-auth": `Bearer ${key}`,
    "helicone-property-agent-name": "scout",
    "helicone-request-id": ID,
    "accept-encoding": "identity",
  });
  const body = (script: unknown, isStream = true) => ({
    model: MODEL,
    max_tokens: 50,
    stream: isStream,
    messages: [{ role: "user", content: `[[script: ${JSON.stringify(script)}]]` }],
  });
  const call = (script: unknown, key = helicone.createKey("w")) =>
    post("/v1/gateway/anthropic/v1/messages?beta=true", body(script), headers(key));

  it("passes a stream on, adds its headers both ways, and logs it", async () => {
    const answer = await call({ usage: { input_tokens: 1000, output_tokens: 100 } });
    expect(await answer.text()).toContain("message_stop");
    expect(answer.headers.get("helicone-id")).toBe(ID);
    const sent = upstream.calls[0];
    expect(sent?.path).toBe("/v1/messages?beta=true");
    expect(Object.keys(sent?.headers ?? {}).filter((name) => name.startsWith("helicone-"))).toEqual([]);
    expect(sent?.headers.traceparent).toMatch(/^00-/);
    await expect.poll(rows).toMatchObject([{ request_id: ID, cost: 0.0045, response_status: 200 }]);
    expect(helicone.violations()).toEqual([]);
  });

  it("passes calls with a wrong key on, and does not log them", async () => {
    const answer = await call({}, "sk-helicone-zzzzzzz-zzzzzzz-zzzzzzz-zzzzzzz");
    expect([answer.status, answer.headers.get("helicone-status")]).toEqual([200, "success"]);
    await answer.text();
    expect(helicone.rows).toEqual([]);
  });

  it("leaves the caller waiting where the upstream cuts, and logs status -3", async () => {
    const answer = await call({ cutAfterEvents: 4, usage: { input_tokens: 1000, output_tokens: 1 } });
    const reader = answer.body?.getReader();
    const readOn = async () => {
      for (let part = await reader?.read(); part?.done === false; part = await reader?.read());
      return "ended";
    };
    const waited = new Promise((resolve) => setTimeout(() => resolve("still open"), 300));
    expect(await Promise.race([readOn(), waited])).toBe("still open");
    expect(helicone.rows).toMatchObject([{ status: -3, promptTokens: 1000 }]);
  });

  it("answers an upstream that is not there with a page", async () => {
    const alone = await startHeliconeStandIn({ upstreamUrl: "http://127.0.0.1:9" });
    const answer = await fetch(`${alone.jawnUrl}/v1/gateway/anthropic/v1/messages`, { method: "POST", body: "{}" });
    expect([answer.status, await answer.text()]).toEqual([500, expect.stringContaining("FetchError")]);
    await alone.close();
  });

  it("notes what we would never send", async () => {
    await post(
      "/v1/gateway/anthropic/v1/messages/count_tokens",
      { model: MODEL, messages: [] },
      {
        "helicone-auth": "Bearer nonsense",
        "helicone-target-url": "http://127.0.0.1:18123/v1",
        "x-api-key": "k",
      },
    );
    expect(helicone.violations().join("\n")).toMatch(/count_tokens.*groups of seven.*helicone-target-url/s);
  });
});

describe("queries", () => {
  const byAgent = (name: string) => ({ request_response_rmt: { properties: { [name]: { equals: "scout" } } } });

  it("find properties by their lower-case name only", async () => {
    await log(ID);
    expect([await rows(byAgent("agent-name")), await rows(byAgent("Agent-Name"))].map((found) => found.length)).toEqual(
      [1, 0],
    );
  });

  it("sum costs by day with one bucket more, and top costs by property", async () => {
    await log(ID);
    const key = bearer(helicone.createKey("rw"));
    const query = { userFilter: byAgent("agent-name"), timeFilter: ALL_DAY, dbIncrement: "day", timeZoneDifference: 0 };
    expect(await (await post("/v1/pi/costs-over-time/query", query, key)).json()).toEqual({
      data: [
        { created_at_trunc: "2026-11-23T00:00:00.000Z", cost: 0.00465 },
        { created_at_trunc: "2026-11-24T00:00:00.000Z", cost: 0 },
      ],
      error: null,
    });
    const top = await post("/v1/property/agent-name/top-costs/query", { timeFilter: ALL_DAY }, key);
    expect(await top.json()).toEqual({ data: [{ value: "scout", cost: 0.00465 }], error: null });
  });

  it("of a dead ClickHouse are empty or say so, route by route", async () => {
    await log(ID);
    await helicone.setFaults({ clickhouseDown: true });
    expect(await rows()).toEqual([]);
    const query = { userFilter: "all", timeFilter: ALL_DAY, dbIncrement: "day", timeZoneDifference: 0 };
    const costs = await post("/v1/pi/costs-over-time/query", query, bearer(helicone.createKey("rw")));
    expect([costs.status, await costs.json()]).toEqual([
      200,
      { data: null, error: expect.stringContaining("ECONNREFUSED") },
    ]);
  });

  it("with a dead PostgreSQL are all 401", async () => {
    const key = bearer(helicone.createKey("rw"));
    await helicone.setFaults({ postgresDown: true });
    expect((await post("/v1/request/query-clickhouse", { filter: "all" }, key)).status).toBe(401);
    expect((await fetch(`${helicone.jawnUrl}/healthcheck`)).status).toBe(200);
  });

  it("see a row only after the delay", async () => {
    await helicone.setFaults({ indexDelayMs: 300 });
    await log(ID);
    expect(await rows()).toEqual([]);
    await expect.poll(rows, { timeout: 2_000 }).toHaveLength(1);
  });
});

describe("faults", () => {
  const health = () => fetch(`${helicone.jawnUrl}/healthcheck`, { signal: AbortSignal.timeout(200) });

  it("down closes the port, and up opens the same one", async () => {
    await helicone.setFaults({ jawn: "down" });
    await expect(health()).rejects.toThrow("fetch failed");
    await helicone.setFaults({ jawn: "up" });
    expect((await health()).status).toBe(200);
  });

  it("silent accepts and never answers", async () => {
    await helicone.setFaults({ jawn: "silent" });
    await expect(health()).rejects.toThrow(/aborted/);
  });

  it("errors of its own are pages, and its health is still good", async () => {
    await helicone.setFaults({ jawn: "html-500" });
    const answer = await post("/v1/gateway/anthropic/v1/messages", {});
    expect([answer.status, answer.headers.get("content-type")]).toEqual([500, "text/html; charset=utf-8"]);
    expect((await health()).status).toBe(200);
  });
});
