import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { readConfig } from "#config.ts";
import { createPlatform } from "#platform.ts";
import { listAgents } from "#portal/rest/agents-route.ts";
import { readAgentCosts } from "#portal/rest/costs-route.ts";
import { answerHealth } from "#portal/rest/health-route.ts";
import { methodNotAllowed } from "#portal/rest/responses.ts";
import { acceptWelcome, checkWelcome } from "#portal/rest/welcome-route.ts";
import { createTestPortal, PORTAL_URL, TEST_PASSWORD, type TestPerson, type TestPortal } from "#testing/portal.ts";

const UNREACHABLE = { NEXTAUTH_SECRET: "x".repeat(32), LOG_LEVEL: "error" } as unknown as NodeJS.ProcessEnv; // all it reads

let portal: TestPortal;
let olga: TestPerson;

beforeEach(async () => {
  portal = await createTestPortal();
  olga = await portal.addPerson("Olga");
});
afterEach(() => portal.close());

const costs = (name: string, query = "", headers: Record<string, string> = { cookie: olga.cookie }) =>
  readAgentCosts(new Request(`${PORTAL_URL}/api/agents/${name}/costs${query}`, { headers }), {
    params: Promise.resolve({ name }),
  });

describe("GET /api/agents/{name}/costs", () => {
  it("answers in the documented shape, exact to the nano-dollar", async () => {
    const agent = await portal.addAgent("builder", olga);
    await portal.record(
      { agentId: agent.id, model: "claude-opus-4-5", listCost: 81_000_000n, inputTokens: 10, outputTokens: 20 },
      { agentId: agent.id, model: "claude-haiku-4-5", listCost: 600_001n, cacheReadInputTokens: 30, isEstimated: true },
      { agentId: agent.id, listCost: 1n, cacheCreation5mInputTokens: 40, cacheCreation1hInputTokens: 50 },
    );
    const admin = await portal.addPerson("Ada", "admin");
    const limits = { version: 0, daily: "5", monthly: null, actionOnExceed: "block" } as const;
    const subject = { scope: "agent", id: agent.id, name: agent.name } as const;
    await portal.platform.budgetChanges.set(admin.actor, subject, limits);

    const response = await costs("builder");
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.json()).toEqual({
      agent: "builder",
      period: "day",
      period_start: "2026-03-15T00:00:00.000Z",
      period_end: "2026-03-16T00:00:00.000Z",
      currency: "USD",
      list_cost_usd: "0.081600002",
      list_cost_nano_usd: "81600002",
      requests: 3,
      failed_requests: 0,
      refused_requests: 0,
      estimated_requests: 1,
      is_current: false,
      known_until: null,
      tokens: { input: 10, output: 20, cache_read: 30, cache_write_5m: 40, cache_write_1h: 50 },
      by_model: [
        {
          model: "claude-opus-4-5",
          list_cost_usd: "0.081",
          list_cost_nano_usd: "81000000",
          requests: 1,
          failed_requests: 0,
          refused_requests: 0,
        },
        {
          model: "claude-haiku-4-5",
          list_cost_usd: "0.000600001",
          list_cost_nano_usd: "600001",
          requests: 1,
          failed_requests: 0,
          refused_requests: 0,
        },
        {
          model: "claude-sonnet-4-5",
          list_cost_usd: "0.000000001",
          list_cost_nano_usd: "1",
          requests: 1,
          failed_requests: 0,
          refused_requests: 0,
        },
      ],
      budget: {
        action_on_exceed: "block",
        daily_limit_usd: "5",
        monthly_limit_usd: null,
        daily_spent_usd: "0.081600002",
        monthly_spent_usd: "0.081600002",
      },
    });
  });

  it.each([
    ["day", "2026-03-15", "2026-03-16"],
    ["week", "2026-03-09", "2026-03-16"],
    ["month", "2026-03-01", "2026-04-01"],
  ])("knows the period %s", async (period, start, end) => {
    await portal.addAgent("builder", olga);
    const body = await (await costs("builder", `?period=${period}`)).json();
    expect(body).toMatchObject({
      period,
      period_start: `${start}T00:00:00.000Z`,
      period_end: `${end}T00:00:00.000Z`,
      list_cost_usd: "0",
      by_model: [],
    });
  });

  it.each(["year", "", "DAY", "day&period=week2"])("answers 400 for the period %j", async (period) => {
    await portal.addAgent("builder", olga);
    const response = await costs("builder", `?period=${encodeURIComponent(period)}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: { code: "invalid_input", message: "The period is one of day, week and month." },
    });
  });

  it("answers 404 alike for another's agent and for none", async () => {
    await portal.addAgent("builder");
    for (const name of ["builder", "nobodys", "\u0000", "../builder", "A".repeat(300)]) {
      const response = await readAgentCosts(
        new Request(`${PORTAL_URL}/api/agents/x/costs`, { headers: { cookie: olga.cookie } }),
        { params: Promise.resolve({ name }) },
      );
      expect(response.status).toBe(404);
      expect((await response.json()).error.code).toBe("not_found");
    }
  });

  it.each(["Bearer tok_wrong", "Bearer", "Basic b2xnYTpvbGdh", "tok_x", "Bearer tvk_x"])(
    "answers 401 for the credential %j, though a session cookie is there too",
    async (authorization) => {
      await portal.addAgent("builder", olga);
      const response = await costs("builder", "", { cookie: olga.cookie, authorization });
      expect(response.status).toBe(401);
      expect((await response.json()).error.code).toBe("not_signed_in");
    },
  );

  it("answers 429 to an address that keeps trying keys", async () => {
    const headers = { authorization: "Bearer tok_wrong", "x-forwarded-for": "192.0.2.1" };
    for (let n = 0; n < 30; n += 1) await costs("builder", "", headers);
    const response = await costs("builder", "", headers);
    expect(response.status).toBe(429);
    expect((await response.json()).error.code).toBe("too_many_attempts");
  });

  it("answers 500 without saying why when the database is gone", async () => {
    await portal.pool.query("ALTER TABLE users RENAME TO people");
    const response = await costs("builder");
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(JSON.parse(text).error.code).toBe("internal_error");
    expect(text).not.toMatch(/users|prisma|select/i);
  });
});

describe("GET /api/agents", () => {
  it("lists what the caller may see", async () => {
    const agent = await portal.addAgent("builder", olga);
    await portal.addAgent("anothers");
    await portal.record({ agentId: agent.id, listCost: 250_000_000n });
    const response = await listAgents(new Request(`${PORTAL_URL}/api/agents`, { headers: { cookie: olga.cookie } }));
    expect(await response.json()).toEqual({
      agents: [
        {
          agent: "builder",
          owner: "Olga",
          type: null,
          template: null,
          routing: "gateway",
          is_guarded: true,
          currency: "USD",
          today_usd: "0.25",
          month_usd: "0.25",
          requests_today: 1,
          last_seen_at: "2026-03-15T12:00:00.000Z",
          budget: {
            action_on_exceed: "warn",
            daily_limit_usd: "10",
            monthly_limit_usd: "100",
            daily_spent_usd: "0.25",
            monthly_spent_usd: "0.25",
          },
        },
      ],
    });
  });

  it("answers other methods with 405 in the documented shape", async () => {
    const response = methodNotAllowed("GET")();
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("GET");
    expect((await response.json()).error.code).toBe("method_not_allowed");
  });
});

describe("POST /api/welcome", () => {
  const post = (body: unknown, headers: Record<string, string> = { origin: PORTAL_URL }) =>
    new Request(`${PORTAL_URL}/api/welcome`, {
      method: "POST",
      headers,
      body: typeof body === "string" ? body : JSON.stringify(body),
    });

  it("takes an invited person in, after saying what the link is for", async () => {
    const admin = await portal.addPerson("Ada", "admin");
    const { link } = await portal.platform.people.invite(admin.actor, { email: "nina@example.com", role: "owner" });
    const token = link.split("#")[1];
    portal.time.now = new Date(portal.time.now.getTime() + 60_000);
    expect(await (await checkWelcome(post({ token }))).json()).toEqual({
      kind: "invite",
      email: "nina@example.com",
      role: "owner",
    });
    const accepted = await acceptWelcome(post({ token, name: "Nina", password: TEST_PASSWORD }));
    expect([accepted.status, await accepted.json()]).toEqual([200, { ok: true }]);
    const again = await acceptWelcome(post({ token, name: "Nina", password: TEST_PASSWORD }));
    expect([again.status, (await again.json()).error.code]).toEqual([404, "not_found"]);
  });

  it.each([
    ["no JSON", "{"],
    ["no object", "[]"],
    ["no token", { password: TEST_PASSWORD }],
    ["a token of another type", { token: { a: 1 }, password: TEST_PASSWORD }],
    ["no password", { token: "x" }],
    ["control characters", { token: "x", name: "a\u0000b", password: TEST_PASSWORD }],
    ["a body that is too large", { token: "x", password: "x".repeat(20_000) }],
  ])("answers 400 to %s", async (_what, body) => {
    const response = await acceptWelcome(post(body));
    expect(response.status).toBe(400);
    expect((await response.json()).error).toEqual({
      code: "invalid_input",
      message: expect.stringMatching(/^[A-Z].*\.$/),
    });
  });
});

describe("GET /api/health", () => {
  it("says ok while the database answers, and 503 when it does not", async () => {
    const healthy = await answerHealth();
    expect([healthy.status, await healthy.json()]).toEqual([200, { status: "ok" }]);

    const down = createPlatform({ ...readConfig(UNREACHABLE), databaseUrl: "postgresql://127.0.0.1:1/none" });
    Object.assign(globalThis, { trinityPlatform: down });
    const broken = await answerHealth();
    await down.close();
    expect([broken.status, await broken.json()]).toEqual([503, { status: "unavailable" }]);
  });
});
