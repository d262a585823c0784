import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { PAGE_LOAD, startTestDoor, type TestDoor } from "#testing/door.ts";
import { openWebSocket } from "#testing/web-socket.ts";

let door: TestDoor;

beforeAll(async () => {
  door = await startTestDoor();
});
afterAll(() => door.close());
beforeEach(() => {
  door.helicone.received.length = 0;
});

const jwt = (orgId: string) => ({
  "helicone-authorization": JSON.stringify({ _type: "jwt", token: "kept-by-the-door", orgId }),
});

describe("an admin of the portal", () => {
  it("sees Helicone's pages, signed in to it without having done so", async () => {
    const page = await door.ask("/requests?t=24h", { headers: PAGE_LOAD });
    expect(page.status).toBe(200);
    expect(page.text).toContain(door.account.current?.email);
    expect(page.headers["content-security-policy"]).toBe("frame-ancestors http://localhost:3000");
    expect(page.headers["cache-control"]).toBe("private, no-store");
    expect(door.helicone.received.at(-1)).toMatchObject({ server: "web", method: "GET", path: "/requests?t=24h" });
  });

  it("gets assets as they are, to be kept by this browser alone", async () => {
    const asset = await door.ask("/_next/static/app.js");
    expect(asset.status).toBe(200);
    expect(asset.text).toContain("WebSocket");
    expect(asset.headers["cache-control"]).toBe("private, max-age=0");
    expect(asset.headers.etag).toMatch(/^W\//);
  });

  it("gets settings that lead Helicone's browser code through the door", async () => {
    const script = await door.ask("/__ENV.js");
    expect(script.headers["content-type"]).toBe("text/javascript; charset=utf-8");
    const window = { location: { origin: "https://helicone.example.com" }, __ENV: {} };
    new Function("window", script.text)(window);
    expect(window.__ENV).toEqual({
      NEXT_PUBLIC_HELICONE_JAWN_SERVICE: "https://helicone.example.com/jawn",
      NEXT_PUBLIC_BETTER_AUTH: "true",
      NEXT_PUBLIC_IS_ON_PREM: "true",
    });
  });

  it("uses the API through the door, in the name of the service account", async () => {
    const organisationId = String(door.account.current?.organisationId);
    const own = await door.ask("/jawn/v1/organization", { headers: jwt("none") });
    expect(own.status).toBe(200);
    expect(own.text).toContain(organisationId);
    const rows = await door.ask("/jawn/v1/request/query-clickhouse", {
      method: "POST",
      headers: jwt(organisationId),
      body: JSON.stringify({ filter: "all", offset: 0, limit: 10 }),
    });
    expect(rows).toMatchObject({ status: 201, text: '{"data":[],"error":null}' });
    expect(rows.headers["access-control-allow-origin"]).toBeUndefined();
    const metric = await door.ask("/api/metrics/totalCost", { method: "POST", body: '{"filter":"all"}' });
    expect(metric.status).toBe(200);
    expect(door.helicone.violations()).toEqual([]);
  });

  it("reads a stored body at the address that was signed for the door", async () => {
    const organisationId = String(door.account.current?.organisationId);
    const key = await door.ask("/jawn/v1/api-keys", {
      method: "POST",
      headers: jwt(organisationId),
      body: '{"api_key_name":"test","key_permissions":"rw"}',
    });
    const authorization = `Bearer ${JSON.parse(key.text).apiKey}`;
    await fetch(`${door.helicone.jawnUrl}/v1/trace/custom/v1/log`, {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify(loggedCall()),
    });
    await expect.poll(() => door.helicone.rows.length).toBe(1);
    const query = {
      method: "POST",
      headers: jwt(organisationId),
      body: '{"filter":"all","offset":0,"limit":10}',
    } as const;
    const find = async () => JSON.parse((await door.ask("/jawn/v1/request/query-clickhouse", query)).text).data[0];
    await expect.poll(find).toBeDefined();
    const { signed_body_url: address } = await find();
    expect(address.startsWith(`${door.url}/request-response-storage/`)).toBe(true);

    const body = await door.ask(address.slice(door.url.length), { headers: { host: "elsewhere.example" } });
    expect(body.status).toBe(200);
    expect(body.text).toContain("what the agent was asked");
    expect(body.headers["content-security-policy"]).toBe("sandbox; default-src 'none'");
    const { headers = {} } = door.helicone.received.at(-1) ?? {};
    expect(headers.host).toBe(new URL(door.url).host);
    expect(headers.cookie).toBeUndefined();
    const forged = await door.ask(`${address.slice(door.url.length).replace(/Signature=..../, "Signature=0000")}`);
    expect(forged.status).toBe(403);
  });

  it("speaks over a web socket", async () => {
    const socket = await openWebSocket(`${door.url}/api/socket`, { cookie: door.admin.cookie, origin: door.url });
    expect(socket.status).toBe(101);
    expect(await socket.echo("ping")).toBe("ping");
    socket.close();
  });

  it("is told who Helicone takes them for, and not with which token", async () => {
    const session = await door.ask("/api/auth/get-session");
    expect(JSON.parse(session.text)).toMatchObject({
      user: { email: door.account.current?.email },
      session: { token: "kept-by-the-door" },
    });
  });

  it("never sees Helicone's cookies, nor Helicone the portal's", async () => {
    const cookie = `${door.admin.cookie}; next-auth.csrf-token=c; better-auth.session_token=made-up; theme=dark`;
    for (const path of ["/", "/dashboard", "/_next/static/app.css", "/jawn/v1/organization", "/api/auth/get-session"]) {
      const answer = await door.ask(path, {
        cookie,
        headers: { authorization: "Bearer x", "x-forwarded-for": "1.2.3.4" },
      });
      expect(answer.headers["set-cookie"]).toBeUndefined();
    }
    for (const { headers } of door.helicone.received) {
      expect(headers.cookie ?? "").not.toMatch(/next-auth|made-up|theme/);
      expect(headers).not.toHaveProperty("authorization");
      expect(headers).not.toHaveProperty("x-forwarded-for");
      expect(headers).not.toHaveProperty("origin");
    }
  });

  it("is shown the organisation that the calls are in, until they choose another", async () => {
    const organisation = `currentOrgId=${door.account.current?.organisationId}`;
    const first = await door.ask("/dashboard", { headers: PAGE_LOAD });
    expect(first.headers["set-cookie"]).toBe(`${organisation}; Path=/; SameSite=Lax`);
    expect(door.helicone.received.at(-1)?.headers.cookie).toContain(organisation);
    const other = "currentOrgId=22c2af3d-f574-468e-aa93-353795af3ad5";
    const later = await door.ask("/dashboard", { headers: PAGE_LOAD, cookie: `${door.admin.cookie}; ${other}` });
    expect(later.headers["set-cookie"]).toBeUndefined();
    expect(door.helicone.received.at(-1)?.headers.cookie).toContain(other);
  });

  it("is led to the dashboard from Helicone's own sign-in page, and finds the sign-up closed", async () => {
    expect(await door.ask("/signin", { headers: PAGE_LOAD })).toMatchObject({
      status: 303,
      headers: { location: "/dashboard" },
    });
    const signUp = { method: "POST", body: '{"name":"x","email":"x@x.test","password":"12345678"}' } as const;
    expect((await door.ask("/api/auth/sign-up/email", signUp)).status).toBe(403);
    expect((await door.ask("/api/auth/sign-in/email", signUp)).status).toBe(403);
    expect(door.helicone.received.filter(({ path }) => path.includes("/sign-"))).toEqual([]);
    const page = await door.ask("/signup", { headers: PAGE_LOAD });
    expect(page.status).toBe(403);
    expect(page.text).toContain("<h1>This is closed</h1>");
  });

  it("arrives from the portal where they were going, and nowhere else", async () => {
    const arrive = async (to: string) =>
      (await door.ask(`/door/arrival?to=${encodeURIComponent(to)}`)).headers.location;
    expect(await arrive("/users/my-agent?t=7d")).toBe("/users/my-agent?t=7d");
    for (const elsewhere of [
      "//evil.example",
      "https://evil.example",
      "/\\evil.example",
      "/%2F/evil.example",
      "",
      "x",
    ]) {
      expect(await arrive(elsewhere)).toBe("/");
    }
  });
});

function loggedCall() {
  const moment = { seconds: Math.floor(Date.now() / 1000), milliseconds: 0 };
  return {
    provider: "ANTHROPIC",
    providerRequest: {
      url: "https://api.anthropic.com/v1/messages",
      json: { model: "claude-sonnet-4-20250514", messages: [{ role: "user", content: "what the agent was asked" }] },
      meta: { "Helicone-Request-Id": "7f0c7f5e-4a52-4b0e-9b43-5b4d3c1f0a11" },
    },
    providerResponse: {
      json: { model: "claude-sonnet-4-20250514", usage: { input_tokens: 1, output_tokens: 1 } },
      status: 200,
      headers: {},
    },
    timing: { startTime: moment, endTime: moment },
  };
}
