import NextAuth from "next-auth";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createAuthOptions } from "#portal/auth/auth-options.ts";
import { cookiesOf } from "#portal/auth/cookies.ts";
import { readSession } from "#portal/auth/session.ts";
import { createTestPortal, PORTAL_URL, TEST_PASSWORD, type TestPerson, type TestPortal } from "#testing/portal.ts";

let portal: TestPortal;
let olga: TestPerson;

beforeEach(async () => {
  portal = await createTestPortal(new Date());
  olga = await portal.addPerson("Olga");
});
afterEach(() => portal.close());

type Answer = { status: number; body: Record<string, unknown>; setCookies: string[] };
type Call = { action: string[]; method?: string; cookie?: string; body?: Record<string, string>; portalUrl?: string };

/** NextAuth itself, through its handler for Node's requests: the same core that answers inside Next. */
async function callNextAuth({
  action,
  method = "GET",
  cookie = "",
  body,
  portalUrl = PORTAL_URL,
}: Call): Promise<Answer> {
  const headers = new Map<string, string | string[]>();
  const answer: Answer = { status: 200, body: {}, setCookies: [] };
  const response = {
    status(code: number) {
      answer.status = code;
      return response;
    },
    getHeader: (name: string) => headers.get(name.toLowerCase()),
    setHeader(name: string, value: string | string[]) {
      headers.set(name.toLowerCase(), value);
      return response;
    },
    json: (json: Record<string, unknown>) => Object.assign(answer.body, json),
    send: (json: Record<string, unknown>) => Object.assign(answer.body, json),
    end: () => undefined,
  };
  const request = {
    method,
    query: { nextauth: action },
    cookies: cookiesOf(new Headers({ cookie })),
    headers: { "x-forwarded-for": "192.0.2.1" },
    body,
  };
  await NextAuth(request as never, response as never, createAuthOptions({ ...portal.platform, portalUrl })); // Next's own
  answer.setCookies = [headers.get("set-cookie") ?? []].flat();
  return answer;
}

const cookieHeader = (setCookies: readonly string[]) => setCookies.map((cookie) => cookie.split(";")[0]).join("; ");

async function signIn(password: string, portalUrl = PORTAL_URL): Promise<Answer> {
  const csrf = await callNextAuth({ action: ["csrf"], portalUrl });
  return callNextAuth({
    action: ["callback", "credentials"],
    method: "POST",
    cookie: cookieHeader(csrf.setCookies),
    body: { email: olga.email, password, csrfToken: String(csrf.body.csrfToken), json: "true" },
    portalUrl,
  });
}

const sessionOf = (cookie: string) => readSession(portal.platform, cookiesOf(new Headers({ cookie })));
const failureIn = (answer: Answer) => new URL(String(answer.body.url)).searchParams.get("error");

describe("signing in through NextAuth", () => {
  it("gives a cookie that is that person's session", async () => {
    const answer = await signIn(TEST_PASSWORD);
    expect(answer.body).not.toHaveProperty("error");
    expect((await sessionOf(cookieHeader(answer.setCookies)))?.actor).toEqual(olga.actor);
  });

  it.each([
    ["http://localhost:3000", /^next-auth\.session-token=/, false],
    ["https://llm.example.com", /^__Secure-next-auth\.session-token=/, true],
  ])("sets a cookie that scripts and other sites cannot use, at %s", async (portalUrl, name, isSecure) => {
    const { setCookies } = await signIn(TEST_PASSWORD, portalUrl);
    const cookie = setCookies.find((candidate) => name.test(candidate)) ?? "";
    expect(cookie).toMatch(/; HttpOnly/);
    expect(cookie).toMatch(/; SameSite=Lax/i);
    expect(/; Secure/.test(cookie)).toBe(isSecure);
  });

  it("sets a cookie for the portal's host alone, or for the domain that the dashboard's door is in as well", async () => {
    expect((await signIn(TEST_PASSWORD)).setCookies.join()).not.toContain("Domain=");
    Object.assign(portal.platform, { sessionCookieDomain: "example.com" });
    const { setCookies } = await signIn(TEST_PASSWORD, "https://llm.example.com");
    const sessions = setCookies.filter((cookie) => cookie.includes("; Domain=example.com"));
    expect(sessions).toEqual([expect.stringMatching(/^__Secure-next-auth\.session-token=/)]);
  });

  it("puts nothing readable into the cookie", async () => {
    const { setCookies } = await signIn(TEST_PASSWORD);
    const [, value = ""] = /session-token=([^;]+)/.exec(setCookies.join("\n")) ?? [];
    expect(value.split(".")).toHaveLength(5); // encrypted, and not only signed
    expect(Buffer.from(value, "base64url").toString("latin1")).not.toContain(olga.actor.userId);
  });

  it("fails with a code that the form can read", async () => {
    expect(failureIn(await signIn("a wrong password"))).toBe("wrong_credentials");
    await portal.pool.query("UPDATE users SET disabled_at = now()");
    expect(failureIn(await signIn(TEST_PASSWORD))).toBe("account_disabled");
    for (let n = 0; n < 8; n += 1) await signIn("a wrong password");
    expect(failureIn(await signIn(TEST_PASSWORD))).toMatch(/^too_many_attempts:\d+$/);
  });

  it("says of a broken database only that it does not work", async () => {
    await portal.pool.query("ALTER TABLE users RENAME TO people");
    const failure = await signIn(TEST_PASSWORD);
    expect(failureIn(failure)).toBe("unavailable");
    expect(JSON.stringify(failure.body)).not.toMatch(/prisma|users/i);
  });

  it("takes no form without NextAuth's own token", async () => {
    const body = { email: olga.email, password: TEST_PASSWORD, csrfToken: "made up", json: "true" };
    const answer = await callNextAuth({ action: ["callback", "credentials"], method: "POST", body });
    expect(answer.setCookies.join()).not.toContain("session-token");
  });
});

describe("a session", () => {
  it("is what the account is now, by name and role", async () => {
    const cookie = cookieHeader((await signIn(TEST_PASSWORD)).setCookies);
    const before = await callNextAuth({ action: ["session"], cookie });
    expect(before.body).toMatchObject({ user: { name: "Olga", role: "owner" } });
    expect(JSON.stringify(before.body)).not.toContain("session_version");

    await portal.pool.query("UPDATE users SET session_version = session_version + 1");
    expect((await callNextAuth({ action: ["session"], cookie })).body).toEqual({});
    expect(await sessionOf(cookie)).toBeNull();
  });

  it("cannot be told a new content by its holder", async () => {
    const cookie = cookieHeader((await signIn(TEST_PASSWORD)).setCookies);
    const csrf = await callNextAuth({ action: ["csrf"] });
    const answer = await callNextAuth({
      action: ["session"],
      method: "POST",
      cookie: `${cookie}; ${cookieHeader(csrf.setCookies)}`,
      body: { csrfToken: String(csrf.body.csrfToken), data: JSON.stringify({ user: { role: "admin" }, sub: "x" }) },
    });
    const renewed = cookieHeader(answer.setCookies);
    expect((await sessionOf(renewed === "" ? cookie : renewed))?.actor).toEqual(olga.actor);
  });
});
