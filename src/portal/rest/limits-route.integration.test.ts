import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { AgentRecord } from "#agents/agents.ts";
import { readAgentBudget, readAgentRates, writeAgentBudget, writeAgentRates } from "#portal/rest/limits-route.ts";
import { createTestPortal, PORTAL_URL, type TestPerson, type TestPortal } from "#testing/portal.ts";

let portal: TestPortal;
let ada: TestPerson;
let olga: TestPerson;
let agent: AgentRecord;
let number = 0;

beforeAll(async () => {
  portal = await createTestPortal();
  ada = await portal.addPerson("Ada", "admin");
  olga = await portal.addPerson("Olga");
});
beforeEach(async () => {
  number += 1;
  agent = await portal.addAgent(`agent-${number}`, olga);
});
afterAll(() => portal.close());

type Route = typeof readAgentBudget;

async function ask(route: Route, { body, headers }: { body?: unknown; headers: Record<string, string> }) {
  const init = body === undefined ? { headers } : { method: "PUT", headers, body: JSON.stringify(body) };
  const response = await route(new Request(`${PORTAL_URL}/api/agents/${agent.name}/x`, init), {
    params: Promise.resolve({ name: agent.name }),
  });
  return { status: response.status, body: await response.json() };
}

const admin = () => ({ cookie: ada.cookie, origin: PORTAL_URL });
const owner = () => ({ cookie: olga.cookie, origin: PORTAL_URL });

describe("/api/agents/{name}/budget", () => {
  it("tells an owner limits, spend and forecast, exact to the nano-dollar", async () => {
    await portal.record({ agentId: agent.id, listCost: 81_600_001n });
    expect(await ask(readAgentBudget, { headers: owner() })).toEqual({
      status: 200,
      body: {
        agent: agent.name,
        currency: "USD",
        version: 0,
        follows_default: true,
        action_on_exceed: "warn",
        warning_thresholds: [50, 80, 100],
        time_zone: "UTC",
        reservation: "expected",
        hard_stop: false,
        pause_on_runaway: false,
        state: "ok",
        stopped_by: null,
        day: {
          spent_usd: "0.081600001",
          limit_usd: "10",
          saved_limit_usd: "10",
          used_percent: 0,
          resets_at: "2026-03-16T00:00:00.000Z",
          forecast_usd: null,
          reaches_limit_at: null,
        },
        month: expect.objectContaining({ limit_usd: "100", resets_at: "2026-04-01T00:00:00.000Z" }),
        pool: null,
        paused_since: null,
        updated_at: null,
        updated_by: null,
      },
    });
  });

  it("says blocked where the pool or the fleet refuses every call, and tells an owner none of their amounts", async () => {
    const { platform } = portal;
    const limits = { version: 0, daily: "0.0123", monthly: null, actionOnExceed: "block" } as const;
    const { id } = await platform.pools.create(ada.actor, "Research");
    await platform.pools.move(ada.actor, [{ agentId: agent.id, agentName: agent.name, seenPoolId: null }], id);
    await platform.budgetChanges.set(ada.actor, { scope: "pool", id, name: "Research" }, limits);
    await portal.record({ agentId: agent.id, listCost: 81_600_001n });
    const inPool = await ask(readAgentBudget, { headers: owner() });
    expect(inPool.body).toMatchObject({ state: "blocked", stopped_by: "pool", pool: "Research" });
    expect(JSON.stringify(inPool.body)).not.toContain("0.0123");

    await platform.pools.move(ada.actor, [{ agentId: agent.id, agentName: agent.name, seenPoolId: id }], null);
    expect((await ask(readAgentBudget, { headers: owner() })).body).toMatchObject({ state: "ok", stopped_by: null });
    await platform.budgetChanges.set(ada.actor, { scope: "fleet" }, limits);
    const { body } = await ask(readAgentBudget, { headers: owner() });
    expect(body).toMatchObject({ state: "blocked", stopped_by: "fleet" });
    await platform.budgetChanges.set(ada.actor, { scope: "fleet" }, { ...limits, version: 1, daily: null });
  });

  it("takes changes from an admin's program, with a key that may", async () => {
    const { key } = await portal.platform.apiKeys.create(ada.actor, { name: "k", scopes: ["limits:write"] });
    const headers = { authorization: `Bearer ${key}` };
    const body = { version: 0, daily_limit_usd: "5", action_on_exceed: "block", time_zone: "Asia/Kolkata" };
    expect(await ask(writeAgentBudget, { headers, body })).toMatchObject({
      status: 200,
      body: {
        version: 1,
        updated_by: "Ada",
        time_zone: "Asia/Kolkata",
        day: { limit_usd: "5" },
        month: { limit_usd: "100" },
      },
    });
    expect(await ask(writeAgentBudget, { headers, body })).toMatchObject({
      status: 409,
      body: { error: { code: "conflict", message: expect.stringContaining("Ada saved other limits") } },
    });
    expect(await ask(writeAgentBudget, { headers, body: { version: 1, follows_default: true } })).toMatchObject({
      status: 200,
      body: { follows_default: true, version: 2 },
    });
  });

  it("takes none from an owner, from a key that may not, and from another site's page", async () => {
    const body = { version: 0, daily_limit_usd: "5" };
    const { key } = await portal.platform.apiKeys.create(ada.actor, { name: "k", scopes: ["costs:read"] });
    const tries = [owner(), { authorization: `Bearer ${key}` }, { cookie: ada.cookie, origin: "https://evil.example" }];
    for (const headers of tries) {
      expect((await ask(writeAgentBudget, { headers, body })).status).toBe(403);
    }
    expect((await portal.platform.budgets.status(agent)).version).toBe(0);
  });

  it.each([
    [{ daily_limit_usd: "$10" }, "without a currency"],
    [{ daily_limit_usd: "-1" }, "negative"],
    [{ monthly_limit_usd: "0.1234567890" }, "decimals"],
    [{ daily_limit_usd: "1e30" }, "plain number"],
    [{ daily_limit_usd: "NaN" }, "plain number"],
    [{ time_zone: "Mars/Olympus" }, "no time zone"],
    [{ warning_thresholds: [80, 50] }, "ascending"],
    [{ warning_thresholds: [0] }, "1 to 100"],
    [{ action_on_exceed: "explode" }, "block, warn or none"],
  ])("says of %j what to write instead", async (change, words) => {
    expect(await ask(writeAgentBudget, { headers: admin(), body: { version: 0, ...change } })).toMatchObject({
      status: 400,
      body: { error: { code: "invalid_input", message: expect.stringContaining(words) } },
    });
  });

  it("refuses a body without the version that was read, and one that is no JSON", async () => {
    expect((await ask(writeAgentBudget, { headers: admin(), body: { daily_limit_usd: "5" } })).status).toBe(400);
    const request = new Request(PORTAL_URL, { method: "PUT", headers: admin(), body: "{" });
    const response = await writeAgentBudget(request, { params: Promise.resolve({ name: agent.name }) });
    expect([response.status, (await response.json()).error.message]).toEqual([400, "This request is not JSON."]);
  });
});

describe("/api/agents/{name}/rate-limits", () => {
  it("tells what is set, and what counts now as null where no gateway answers", async () => {
    const body = { version: 0, requests_per_minute: 60, tokens_per_minute: null };
    expect((await ask(writeAgentRates, { headers: admin(), body })).status).toBe(200);
    expect(await ask(readAgentRates, { headers: owner() })).toMatchObject({
      status: 200,
      body: {
        version: 1,
        follows_default: false,
        requests_per_minute: 60,
        tokens_per_minute: null,
        requests_used: null,
        refused_last_hour: 0,
        updated_by: "Ada",
      },
    });
    expect(await ask(writeAgentRates, { headers: admin(), body: { version: 1, follows_default: true } })).toMatchObject(
      {
        body: { follows_default: true, requests_per_minute: null },
      },
    );
    expect(await ask(writeAgentRates, { headers: owner(), body })).toMatchObject({ status: 403 });
    expect(
      await ask(writeAgentRates, { headers: admin(), body: { ...body, version: 2, requests_per_minute: 0 } }),
    ).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining("pause it") } },
    });
  });
});

describe("a program that errs", () => {
  const put = (route: Route, body: unknown) => ask(route, { body, headers: admin() });

  it.each([
    ["a misspelt field", { version: 0, daily_limit: "5" }, 'There is no field "daily_limit" here.'],
    ["no change at all", { version: 0 }, "Say what is to change: daily_limit_usd, monthly_limit_usd,"],
    [
      "a change of the default that follows it",
      { version: 0, follows_default: true, daily_limit_usd: "5" },
      "There is no field",
    ],
    ["an amount that is a number", { version: 0, daily_limit_usd: 10 }, "daily_limit_usd: Write dollars as text"],
    ["thresholds that are texts", { version: 0, warning_thresholds: ["80"] }, "warning_thresholds.0: this value"],
    ["no version", { daily_limit_usd: "5" }, "version: is missing."],
    ["a version that is a text", { version: "0", daily_limit_usd: "5" }, "version: this value"],
    ["a list", [], "Send a JSON object."],
  ])("is told of %s, and nothing is changed", async (_what, body, message) => {
    const answer = await put(writeAgentBudget, body);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: "invalid_input" } } });
    expect(answer.body.error.message).toContain(message);
    expect((await ask(readAgentBudget, { headers: admin() })).body).toMatchObject({
      version: 0,
      follows_default: true,
    });
  });

  it("may change one rate and leave the other as it is", async () => {
    expect((await put(writeAgentRates, { version: 0, requests_per_minute: 60, tokens_per_minute: 9_000 })).status).toBe(
      200,
    );
    const { body } = await ask(readAgentRates, { headers: admin() });
    expect(await put(writeAgentRates, { version: body.version, tokens_per_minute: null })).toMatchObject({
      status: 200,
      body: { requests_per_minute: 60, tokens_per_minute: null },
    });
    expect((await put(writeAgentRates, { version: 0, requests: 5 })).body.error.message).toBe(
      'There is no field "requests" here.',
    );
  });

  it("that sends no credential is told to send one", async () => {
    const answer = await ask(writeAgentBudget, { body: { version: 0, daily_limit_usd: "5" }, headers: {} });
    expect(answer).toMatchObject({ status: 401, body: { error: { code: "not_signed_in" } } });
  });
});
