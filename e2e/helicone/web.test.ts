import { WebSocket } from "undici";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { toObject } from "../anthropic/json.ts";
import { type HeliconeStandIn, startHeliconeStandIn } from "./helicone-stand-in.ts";

let helicone: HeliconeStandIn;
beforeAll(async () => {
  helicone = await startHeliconeStandIn({ upstreamUrl: "http://127.0.0.1:9", faults: { indexDelayMs: 0 } });
});
afterEach(() => helicone.reset());
afterAll(() => helicone.close());

const MOMENT = { seconds: 1795473900, milliseconds: 0 };
const LOG = {
  provider: "ANTHROPIC",
  providerRequest: {
    url: "https://api.anthropic.com/v1/messages",
    json: { model: "claude-sonnet-4-20250514", messages: [{ role: "user", content: "hi" }] },
    meta: { "Helicone-Request-Id": "64b5fa78-00fb-4083-8dc4-2cfea439c933" },
  },
  providerResponse: { json: { type: "message" }, status: 200, headers: {} },
  timing: { startTime: MOMENT, endTime: MOMENT },
};

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${helicone.jawnUrl}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

describe("accounts and pages", () => {
  const account = { email: "admin@example.test", password: "Passw0rd!lab" };
  const web = (path: string, init: RequestInit = {}) =>
    fetch(`${helicone.webUrl}${path}`, { redirect: "manual", ...init });
  const auth = (kind: string, body: unknown, headers: Record<string, string> = {}) =>
    web(`/api/auth/${kind}/email`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  const signIn = async () => {
    await auth("sign-up", { name: "Admin", ...account });
    const answer = await auth("sign-in", account);
    return answer.headers.get("set-cookie")?.split(";")[0] ?? "";
  };

  it("sign-up and sign-in lead to an organisation and a key", async () => {
    const cookie = await signIn();
    expect((await auth("sign-up", { name: "Admin", ...account })).status).toBe(422);
    expect((await auth("sign-in", { ...account, password: "wrong-one" })).status).toBe(401);
    const jwt = (orgId: string) => ({
      cookie,
      "helicone-authorization": JSON.stringify({ _type: "jwt", token: "", orgId }),
    });
    const listed = toObject(
      await (await fetch(`${helicone.jawnUrl}/v1/organization`, { headers: jwt("none") })).json(),
    );
    const organizations = (Array.isArray(listed.data) ? listed.data : []).map(toObject);
    const main = organizations.find((one) => one.is_main_org === true);
    const body = { api_key_name: "trinity", key_permissions: "rw" };
    const made = toObject(await (await post("/v1/api-keys", body, jwt(String(main?.id)))).json());
    expect(made.apiKey).toMatch(/^sk-helicone(-\w{7}){4}$/);
    const alone = await fetch(`${helicone.jawnUrl}/v1/organization`, { headers: { cookie } });
    expect(await alone.json()).toEqual({ data: null, error: "No authorization header" });
    expect(helicone.violations()).toEqual([]);
  });

  it("a cookie at sign-in is noted, and its foreign origin refused", async () => {
    const cookie = await signIn();
    expect((await auth("sign-in", account, { cookie, origin: "http://evil.example" })).status).toBe(403);
    expect(helicone.violations().join()).toContain("a cookie at sign-in");
  });

  it("pages need the session, the assets do not", async () => {
    const cookie = await signIn();
    expect((await web("/dashboard")).headers.get("location")).toBe("/signin");
    expect(await (await web("/dashboard", { headers: { cookie } })).text()).toContain("admin@example.test");
    expect(await (await web("/__ENV.js")).text()).toContain("NEXT_PUBLIC_HELICONE_JAWN_SERVICE");
    expect((await web("/api/metrics/totalCost", { method: "POST", body: "{}" })).status).toBe(401);
  });

  it("signed addresses open with their own host only", async () => {
    const key = { authorization: `Bearer ${helicone.createKey("rw")}` };
    await post("/v1/trace/custom/v1/log", LOG, key);
    const { data } = toObject(await (await post("/v1/request/query-clickhouse", { filter: "all" }, key)).json());
    const url = new URL(String(toObject(Array.isArray(data) ? data[0] : {}).signed_body_url));
    expect(await (await fetch(url)).text()).toContain("hi");
    url.hostname = "localhost";
    expect((await fetch(url)).status).toBe(403);
  });

  it("a websocket sends back what it is told", async () => {
    const socket = new WebSocket(`${helicone.webUrl.replace("http", "ws")}/api/socket`);
    const echo = new Promise((resolve) => socket.addEventListener("message", (event) => resolve(event.data)));
    socket.addEventListener("open", () => socket.send("ping"));
    expect(await echo).toBe("ping");
    socket.close();
  });
});
