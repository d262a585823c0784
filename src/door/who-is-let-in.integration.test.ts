import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { type DoorAsking, PAGE_LOAD, startTestDoor, type TestDoor } from "#testing/door.ts";
import { PORTAL_URL, sessionCookie } from "#testing/portal.ts";
import { openWebSocket } from "#testing/web-socket.ts";

const PATHS = [
  "/",
  "/dashboard",
  "/requests?filter_id=1",
  "/signin",
  "/signup",
  "/door/arrival?to=/dashboard",
  "/__ENV.js",
  "/_next/static/app.js",
  "/static/logo.svg",
  "/api/auth/get-session",
  "/api/auth/sign-in/email",
  "/api/auth/sign-up/email",
  "/api/metrics/totalCost",
  "/jawn/v1/organization",
  "/jawn/v1/request/query-clickhouse",
  "/jawn/v1/gateway/anthropic/v1/messages",
  "/request-response-storage/organizations/1/requests/1/request_response_body",
  "/healthz/",
  "/healthz?x",
  "/nothing",
];
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"] as const;

let door: TestDoor;

beforeAll(async () => {
  door = await startTestDoor({ limits: { recheckMs: 50 } });
});
afterAll(() => door.close());
beforeEach(() => {
  door.helicone.received.length = 0;
});

/** The statuses that somebody is answered, over everything there is. */
async function statusesFor(asking: DoorAsking): Promise<Set<number>> {
  const statuses = new Set<number>();
  for (const path of PATHS) {
    for (const method of METHODS) statuses.add((await door.ask(path, { ...asking, method })).status);
  }
  return statuses;
}

const socketStatus = async (path: string, headers: Record<string, string>) =>
  (await openWebSocket(`${door.url}${path}`, { origin: door.url, ...headers })).status;

describe("a stranger", () => {
  it("is refused on every path and method, and Helicone hears nothing of it", async () => {
    const expired = await sessionCookie({ userId: door.admin.actor.userId, sessionVersion: 99 });
    const cookies = [null, "", "next-auth.session-token=made-up", `other=1; ${expired}`, "better-auth.session_token=x"];
    for (const cookie of cookies) expect(await statusesFor({ cookie })).toEqual(new Set([401]));
    expect(door.helicone.received).toEqual([]);
  });

  it("is not let in by a token in another place than the cookie", async () => {
    const token = door.admin.cookie.split("=").slice(1).join("=");
    const headers = { authorization: `Bearer ${token}`, "x-forwarded-user": "admin", "next-auth.session-token": token };
    const asked = await door.ask(`/dashboard?next-auth.session-token=${token}`, { cookie: null, headers });
    expect(asked.status).toBe(401);
  });

  it("opens no web socket", async () => {
    for (const path of PATHS) expect(await socketStatus(path, {})).toBe(401);
    expect(door.helicone.received).toEqual([]);
  });

  it("who opens a page is led to the portal's sign-in, and back to where they were going", async () => {
    const page = await door.ask("/users/my-agent?t=7d", { cookie: null, headers: PAGE_LOAD });
    expect(page.status).toBe(303);
    const signIn = new URL(String(page.headers.location));
    expect(signIn.origin + signIn.pathname).toBe(`${PORTAL_URL}/login`);
    const back = new URL(String(signIn.searchParams.get("next")), PORTAL_URL);
    expect(back.origin + back.pathname).toBe(`${PORTAL_URL}/api/dashboard`);
    expect(back.searchParams.get("to")).toBe("/users/my-agent?t=7d");
    expect(page.headers["cache-control"]).toBe("private, no-store");
  });

  it("is led to no other place, whatever they ask for", async () => {
    const askings = ["/?to=https://evil.example", "/?next=//evil.example", `/${"a".repeat(3_000)}`, "/@evil.example"];
    for (const path of askings) {
      const headers = { ...PAGE_LOAD, host: "evil.example", "x-forwarded-host": "evil.example" };
      const { headers: answer } = await door.ask(path, { cookie: null, headers });
      expect(new URL(String(answer.location)).origin).toBe(PORTAL_URL);
      expect(String(answer.location).length).toBeLessThan(3_000);
    }
  });

  it("within a frame is shown a way out of it", async () => {
    const headers = { ...PAGE_LOAD, "sec-fetch-dest": "iframe", "sec-fetch-site": "same-site" };
    const page = await door.ask("/dashboard", { cookie: null, headers });
    expect(page.status).toBe(401);
    expect(page.text).toMatch(/<a href="http:\/\/localhost:3000\/login\?next=[^"]+" target="_top">Sign in<\/a>/);
  });

  it("whom the portal has let in and whose cookie does not come along is told so, instead of going round", async () => {
    const page = await door.ask("/door/arrival?to=/dashboard", { cookie: null, headers: PAGE_LOAD });
    expect(page.status).toBe(401);
    expect(page.text).toContain("HELICONE_DASHBOARD_COOKIE_DOMAIN");
  });
});

describe("an owner", () => {
  it("is refused on every path, method and web socket, and Helicone hears nothing of it", async () => {
    expect(await statusesFor({ cookie: door.owner.cookie })).toEqual(new Set([403]));
    for (const path of PATHS) expect(await socketStatus(path, { cookie: door.owner.cookie })).toBe(403);
    expect(door.helicone.received).toEqual([]);
  });

  it("is told kindly why, and where their own agents are", async () => {
    const page = await door.ask("/dashboard", { cookie: door.owner.cookie, headers: PAGE_LOAD });
    expect(page.status).toBe(403);
    expect(page.text).toContain("<h1>The dashboard is for admins</h1>");
    expect(page.text).toContain(`href="${PORTAL_URL}"`);
    const call = await door.ask("/jawn/v1/organization", { cookie: door.owner.cookie });
    expect(JSON.parse(call.text).error.code).toBe("not_allowed");
  });
});

describe("an admin", () => {
  it("who is made an owner is out with the next request, and the open web socket with it", async () => {
    const eve = await door.portal.addPerson("Eve", "admin");
    const socket = await openWebSocket(`${door.url}/api/socket`, { cookie: eve.cookie, origin: door.url });
    expect(socket.status).toBe(101);
    expect((await door.ask("/dashboard", { cookie: eve.cookie })).status).toBe(200);
    await door.portal.pool.query("UPDATE users SET role = 'owner' WHERE id = $1", [eve.actor.userId]);
    expect((await door.ask("/dashboard", { cookie: eve.cookie })).status).toBe(403);
    await socket.closed;
  });

  it.each([
    ["whose sessions were ended", "UPDATE users SET session_version = session_version + 1 WHERE id = $1"],
    ["whose account was disabled", "UPDATE users SET disabled_at = now() WHERE id = $1"],
    ["whose account is gone", "DELETE FROM users WHERE id = $1"],
  ])("%s is out with the next request", async (name, sql) => {
    const person = await door.portal.addPerson(name.replaceAll(" ", ""), "admin");
    const socket = await openWebSocket(`${door.url}/api/socket`, { cookie: person.cookie, origin: door.url });
    expect((await door.ask("/dashboard", { cookie: person.cookie })).status).toBe(200);
    await door.portal.pool.query(sql, [person.actor.userId]);
    expect((await door.ask("/dashboard", { cookie: person.cookie })).status).toBe(401);
    await socket.closed;
  });

  it("opens no web socket from another site's page, nor without saying from which", async () => {
    const { cookie } = door.admin;
    expect(await socketStatus("/api/socket", { cookie, origin: "https://evil.example" })).toBe(403);
    expect(await socketStatus("/api/socket", { cookie, origin: PORTAL_URL })).toBe(403);
    expect(await socketStatus("/api/socket", { cookie, origin: "null" })).toBe(403);
    expect(await socketStatus("/jawn/v1/gateway/anthropic", { cookie })).toBe(404);
    expect(await socketStatus("/api/socket", { cookie, upgrade: "h2c" })).toBe(400);
    expect(await socketStatus("/api/socket", { cookie, "content-length": "4" })).toBe(400);
  });
});

it("anybody may ask whether the door works, and learns no more", async () => {
  expect(await door.ask("/healthz", { cookie: null })).toMatchObject({ status: 200, text: "ok" });
});
