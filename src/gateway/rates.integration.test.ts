import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { createPeekAdmission } from "#limits/admission-peek.ts";
import { type Answer, ask, errorIn } from "#testing/ask.ts";
import {
  INTERNAL_TOKEN,
  type LedgerRow,
  startTestGateway,
  type TestAgent,
  type TestGateway,
} from "#testing/gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
}, 60_000);
afterAll(() => gateway.stop());

type Rates = { requests?: number; tokens?: number };

/** As the portal saves them; null: the agent follows the default. */
async function setRates(agent: TestAgent | "default", rates: Rates | null): Promise<void> {
  const [scope, id] = agent === "default" ? ["default", null] : ["agent", agent.id];
  await gateway.pool.query("DELETE FROM agent_rate_limits WHERE scope = $1 AND agent_id IS NOT DISTINCT FROM $2", [
    scope,
    id,
  ]);
  if (rates === null) return;
  await gateway.pool.query(
    `INSERT INTO agent_rate_limits (scope, agent_id, requests_per_minute, tokens_per_minute, updated_by)
     VALUES ($1, $2, $3, $4, 'test')`,
    [scope, id, rates.requests ?? null, rates.tokens ?? null],
  );
}
const peekOf = (agent: TestAgent) => createPeekAdmission({ url: gateway.internalUrl, token: INTERNAL_TOKEN })(agent.id);
async function addLimited(name: string, rates: Rates): Promise<TestAgent> {
  const agent = await gateway.addAgent(name);
  await setRates(agent, rates);
  await vi.waitFor(async () => {
    const { rate } = await peekOf(agent);
    expect([rate.requestsLimit, rate.tokensLimit]).toEqual([rates.requests ?? null, rates.tokens ?? null]);
  });
  return agent;
}
const call = (agent: TestAgent, usage = { input_tokens: 10, output_tokens: 0 }) =>
  ask(gateway.url, { key: agent.key, script: { usage } });

/** A call that was made some time ago, as the ledger has it. */
async function recordCall(agent: TestAgent, msAgo: number): Promise<void> {
  await gateway.pool.query(
    `INSERT INTO llm_requests (id, agent_id, admitted_at, model, outcome, priced_as, cost_nano_usd, input_tokens, streamed, is_estimated)
     VALUES (gen_random_uuid(), $1, $2, 'claude-sonnet-5-5', 'completed', 'list', 0, 100, false, false)`,
    [agent.id, new Date(Date.now() - msAgo)],
  );
}

describe("an agent that calls faster than it may", () => {
  it("is told to wait, in the form that Claude Code waits out, and the call reaches neither upstream nor budget", async () => {
    const agent = await addLimited("fast", { requests: 2 });
    expect([(await call(agent)).status, (await call(agent)).status]).toEqual([200, 200]);
    const before = gateway.upstream.calls.length;
    const answer = await call(agent);
    expect(answer.status).toBe(429);
    expect(errorIn(answer.text)).toMatchObject({ type: "error", errorType: "rate_limit_error" });
    expect(answer.headers["retry-after"]).toBe("55");
    expect(answer.headers).not.toHaveProperty("x-should-retry");
    expect(answer.headers["request-id"]).toBe(errorIn(answer.text).requestId);
    expect(gateway.upstream.calls.length).toBe(before);
    const rows = await gateway.ledger(agent, 3);
    expect(rows.map((row) => [row.outcome, row.status, row.error_type])).toEqual([
      ["completed", 200, null],
      ["completed", 200, null],
      ["refused", 429, "rate_limit_error"],
    ]);
  });

  it("is not held back from what costs nothing, and others are not by it", async () => {
    const [agent, other] = [await addLimited("busy", { requests: 1 }), await addLimited("idle", { requests: 1 })];
    await call(agent);
    expect([(await call(agent)).status, (await call(other)).status]).toEqual([429, 200]);
    for (let count = 0; count < 5; count += 1) {
      const { status } = await ask(gateway.url, { key: agent.key, path: "/v1/messages/count_tokens" });
      expect(status).toBe(200);
    }
    expect((await peekOf(agent)).rate.requestsUsed).toBe(1);
  });

  it("hears of a limit that is set, changed or cleared at once, and of the default where it has none of its own", async () => {
    const agent = await gateway.addAgent("changing");
    const { pid } = gateway.process();
    const untilStatus = (status: number) =>
      vi.waitFor(async () => expect((await call(agent)).status).toBe(status), { timeout: 2_000, interval: 10 });
    await call(agent);
    await setRates(agent, { requests: 1 });
    await untilStatus(429);
    await setRates(agent, { requests: 100 });
    await untilStatus(200);
    await setRates("default", { requests: 1 });
    await setRates(agent, null);
    await untilStatus(429);
    await setRates("default", null);
    await untilStatus(200);
    expect(gateway.process().pid).toBe(pid);
  });

  it("a budget that is spent, or a body that is none, takes no place in the window", async () => {
    const agent = await gateway.addAgent("spent", { day: 0n, action: "block" });
    await setRates(agent, { requests: 1 });
    await vi.waitFor(async () => expect((await peekOf(agent)).rate.requestsLimit).toBe(1));
    expect([(await call(agent)).status, (await call(agent)).status]).toEqual([402, 402]);
    expect((await ask(gateway.url, { key: agent.key, body: "{" })).status).toBe(400);
    expect((await peekOf(agent)).rate.requestsUsed).toBe(0);
  });
});

describe("tokens", () => {
  it("are those really used once a call has ended: input, cache writes and output, without cache reads", async () => {
    const agent = await addLimited("tokens", { tokens: 1_000 });
    const usage = {
      input_tokens: 100,
      output_tokens: 200,
      cache_creation_input_tokens: 300,
      cache_read_input_tokens: 90_000,
    };
    expect((await call(agent, usage)).status).toBe(200);
    expect((await peekOf(agent)).rate).toMatchObject({ requestsUsed: 1, tokensUsed: 600, tokensLimit: 1_000 });
    expect((await call(agent, usage)).status).toBe(429);
  });

  it("a call larger than the limit passes when the window is empty", async () => {
    const agent = await addLimited("large", { tokens: 100 });
    const large = { input_tokens: 5_000, output_tokens: 100 };
    expect([(await call(agent, large)).status, (await call(agent, large)).status]).toEqual([200, 429]);
  });

  it("of calls that failed are none", async () => {
    const agent = await addLimited("failing", { tokens: 500 });
    for (let count = 0; count < 3; count += 1) {
      const script = { kind: "error" as const, status: 529 };
      expect((await ask(gateway.url, { key: agent.key, script })).status).toBe(529);
    }
    expect((await peekOf(agent)).rate).toMatchObject({ requestsUsed: 3, tokensUsed: 0 });
  });
});

describe("what the portal sees", () => {
  it("used, limit and reset, and that the next call would be refused; asking counts nothing", async () => {
    const agent = await addLimited("watched", { requests: 1, tokens: 50_000 });
    expect((await peekOf(agent)).rate).toEqual({
      requestsUsed: 0,
      requestsLimit: 1,
      tokensUsed: 0,
      tokensLimit: 50_000,
      resetsAt: null,
    });
    await call(agent);
    const { verdict, rate } = await peekOf(agent);
    expect(rate).toMatchObject({ requestsUsed: 1, tokensUsed: 10 });
    expect(Math.abs((rate.resetsAt?.getTime() ?? 0) - Date.now() - 60_000)).toBeLessThan(2_000);
    if (verdict.outcome !== "refused" || verdict.reason !== "rate_limit") expect.unreachable("it is not refused");
    expect(verdict.retryAfterSeconds).toBeGreaterThan(57);
    expect(verdict.retryAfterSeconds).toBeLessThanOrEqual(60);
  });
});

describe("over a restart", () => {
  it("the window is what the ledger has of the last minute; a call that fits in a moment is held for it", async () => {
    const agent = await addLimited("held", { requests: 2 });
    await recordCall(agent, 61_000);
    await recordCall(agent, 30_000);
    await recordCall(agent, 54_000);
    await gateway.restart("SIGKILL");
    const { rate, verdict } = await peekOf(agent);
    expect(rate).toMatchObject({ requestsUsed: 2, tokensUsed: 200 });
    expect(verdict).toMatchObject({ outcome: "refused", reason: "rate_limit" });
    await vi.waitFor(async () => expect((await peekOf(agent)).verdict.outcome).toBe("admitted"), { timeout: 6_000 });
    expect((await peekOf(agent)).rate.requestsUsed).toBe(2);
    const startedAt = performance.now();
    const answers = await Promise.all([call(agent), call(agent)]);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 429]);
  });
});

/** The most admissions in any 60 s, wherever they begin. */
function mostInAMinute(rows: readonly LedgerRow[]): number {
  const instants = rows.map((row) => row.admitted_at.getTime()).toSorted((a, b) => a - b);
  return Math.max(...instants.map((first, index) => instants.slice(index).filter((at) => at < first + 60_000).length));
}

it("60 a minute under a burst of 1,000, with a restart in the middle: in every 60 s exactly 60 pass", async () => {
  const agent = await addLimited("burst", { requests: 60 });
  const attempt = (): Promise<Answer | null> => call(agent).catch(() => null); // nobody listens during the restart
  const statuses = (await Promise.all(Array.from({ length: 1_000 }, attempt))).map((answer) => answer?.status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(60);
  expect(statuses.filter((status) => status === 429)).toHaveLength(940);

  const startedAt = Date.now();
  let passed = 0;
  let isRestarted = false;
  while (Date.now() < startedAt + 63_000) {
    if (!isRestarted && Date.now() > startedAt + 20_000) {
      isRestarted = true;
      await gateway.restart("SIGKILL");
    }
    passed += (await attempt())?.status === 200 ? 1 : 0;
    await sleep(passed === 0 ? 100 : 5);
  }
  expect(passed).toBe(60);
  const rows = (await gateway.ledger(agent, 1_000)).filter((row) => row.outcome !== "refused");
  expect(rows).toHaveLength(120);
  expect(mostInAMinute(rows)).toBe(60);
});
