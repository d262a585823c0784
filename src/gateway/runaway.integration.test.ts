import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { REPETITIONS_MIN } from "#domain/repetition.ts";
import { ask, errorIn } from "#testing/ask.ts";
import { startTestGateway, type TestAgent, type TestGateway } from "#testing/gateway.ts";

const USD = 1_000_000_000n;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
}, 60_000);
afterAll(() => gateway.stop());

const alertsOf = async (agent: TestAgent) =>
  (await gateway.pool.query("SELECT kind, detail FROM alerts WHERE agent_id = $1 AND kind <> 'threshold'", [agent.id]))
    .rows;
const call = (agent: TestAgent, content: string) =>
  ask(gateway.url, { key: agent.key, body: { messages: [{ role: "user", content }] } });
async function addAgent(name: string, pausesOnRunaway: boolean): Promise<TestAgent> {
  const agent = await gateway.addAgent(name, { day: 1_000n * USD, action: "block" });
  await gateway.pool.query("UPDATE agent_budgets SET pause_on_runaway = $2 WHERE agent_id = $1", [
    agent.id,
    pausesOnRunaway,
  ]);
  return agent;
}

describe("an agent that makes the same request again and again", () => {
  it("is told of once, and goes on where its budget does not pause it", async () => {
    const agent = await addAgent("repeating", false);
    for (let time = 0; time < REPETITIONS_MIN + 3; time += 1) expect((await call(agent, "again")).status).toBe(200);
    await vi.waitFor(async () =>
      expect(await alertsOf(agent)).toEqual([
        { kind: "repetition", detail: { repeats: { count: REPETITIONS_MIN, windowMinutes: 10 }, isPaused: false } },
      ]),
    );
  });

  it("is paused where its budget says so: the next call is refused for good, and resuming it is enough", async () => {
    const agent = await addAgent("looping", true);
    await vi.waitFor(async () => {
      const answer = await call(agent, "again");
      expect(answer.status).toBe(402);
      expect(errorIn(answer.text).message).toContain("This agent is paused");
    });
    expect((await alertsOf(agent)).map(({ detail }) => detail.isPaused)).toEqual([true]);
    const { rows } = await gateway.pool.query(
      "SELECT actor_name, action FROM audit_log WHERE subject = 'agent:looping'",
    );
    expect(rows).toEqual([{ actor_name: "Trinity", action: "agent.pause" }]);
    await gateway.pool.query("UPDATE agent_ownership SET paused_at = NULL WHERE id = $1", [agent.id]);
    await vi.waitFor(async () => expect((await call(agent, "on")).status).toBe(200));
    expect((await call(agent, "again")).status).toBe(200);
  });

  it("not one whose requests differ, nor one that tries again what failed and cost nothing", async () => {
    const agent = await addAgent("varied", true);
    for (let time = 0; time < 30; time += 1) expect((await call(agent, `step ${time}`)).status).toBe(200);
    const failing = { kind: "error" as const, status: 529 };
    for (let time = 0; time < 30; time += 1) {
      expect((await ask(gateway.url, { key: agent.key, script: failing })).status).toBe(529);
    }
    expect((await call(agent, "on")).status).toBe(200);
    expect(await alertsOf(agent)).toEqual([]);
  });
});

it("an agent that spends far more than it is used to is found by what the ledger has, told of and paused", async () => {
  const [agent, steady] = [await addAgent("runaway", true), await addAgent("steady", true)];
  const quarterMs = 15 * 60_000;
  const spend = (who: TestAgent, cost: bigint, quartersAgo: number) =>
    gateway.pool.query(
      `INSERT INTO usage_quarter_hours (agent_id, bucket_start, model, requests, failed, refused, estimated, cost_nano_usd, input_tokens,
         output_tokens, cache_read_input_tokens, cache_creation_5m_input_tokens, cache_creation_1h_input_tokens, web_search_requests)
       VALUES ($1, date_bin('15 minutes', $2, 'epoch'), 'claude-sonnet-5-5', 1, 0, 0, 0, $3, 0, 0, 0, 0, 0, 0)`,
      [who.id, new Date(Date.now() - quartersAgo * quarterMs), cost.toString()],
    );
  for (let quarter = 2; quarter < 60; quarter += 1) {
    await spend(agent, USD / 4n, quarter);
    await spend(steady, 5n * USD, quarter);
  }
  await spend(agent, 6n * USD, 0);
  await spend(steady, 6n * USD, 0);
  await gateway.restart();
  await vi.waitFor(async () => expect((await call(agent, "on")).status).toBe(402), { timeout: 5_000 });
  const [alert, ...others] = await alertsOf(agent);
  expect(others).toEqual([]);
  expect(alert).toMatchObject({
    kind: "runaway",
    detail: { pace: { spent: "6000000000", usual: "500000000" }, isPaused: true },
  });
  expect((await call(steady, "on")).status).toBe(200);
  expect(await alertsOf(steady)).toEqual([]);
});
