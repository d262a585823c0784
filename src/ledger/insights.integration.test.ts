import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { SettledCall } from "#ledger/call-record.ts";
import { createTestPortal, type TestPortal } from "#testing/portal.ts";

const NOW = new Date("2026-03-15T12:00:00.000Z");
const OPUS = "claude-opus-4-5"; // a write for five minutes: $6.25 a million; for an hour: $10

let portal: TestPortal;
beforeAll(async () => {
  portal = await createTestPortal(NOW);
});
afterAll(() => portal.close());

type Call = Partial<SettledCall> & { minute: number };

async function agentWith(name: string, calls: readonly Call[]): Promise<number> {
  const { id: agentId } = await portal.addAgent(name);
  const start = new Date("2026-03-15T08:00:00.000Z").getTime();
  await portal.record(
    ...calls.map(({ minute, ...call }) => ({
      ...{ agentId, model: OPUS, sessionId: "s1", admittedAt: new Date(start + minute * 60_000) },
      ...call,
    })),
  );
  await portal.platform.insights.refresh();
  return agentId;
}

async function factsOf(agentId: number) {
  const { rows } = await portal.pool.query<Record<string, bigint>>(
    `SELECT sum(requests)::int AS requests, sum(unread_5m_tokens)::int AS unread_5m, sum(unread_1h_tokens)::int AS unread_1h,
       sum(subagent_cost_nano_usd)::int AS subagents, sum(heavy_requests)::int AS heavy FROM call_facts WHERE agent_id = $1`,
    [agentId],
  );
  return rows[0];
}

const write = (tokens: number, read = 0) => ({ cacheCreation5mInputTokens: tokens, cacheReadInputTokens: read });

describe("cache writes that were never read", () => {
  it("are those that no later call of the conversation read", async () => {
    const agent = await agentWith("talks", [
      { minute: 0, ...write(1_000) },
      { minute: 1, ...write(200, 1_000) },
      { minute: 2, ...write(300, 1_200) }, // the last of the conversation
    ]);
    expect(await factsOf(agent)).toMatchObject({ requests: 3, unread_5m: 300, unread_1h: 0 });
  });

  it("are those of a conversation that is never continued, but not what another conversation began with", async () => {
    const agent = await agentWith("one-shots", [
      { minute: 0, sessionId: "a", ...write(1_000) },
      { minute: 1, sessionId: "b", ...write(1_000) },
      { minute: 2, sessionId: "c", ...write(400, 600) }, // reads what b (or a) wrote
    ]);
    expect(await factsOf(agent)).toMatchObject({ unread_5m: 400 + 400 + 400 });
  });

  it("are not known of calls outside of a session, nor of writes that may still be read", async () => {
    const agent = await agentWith("unsure", [
      { minute: 0, sessionId: null, ...write(1_000) },
      { minute: 237, sessionId: "a", ...write(1_000) }, // three minutes ago
      { minute: 200, sessionId: "b", cacheCreation1hInputTokens: 500 }, // forty minutes ago
      { minute: 0, sessionId: "c", cacheCreation1hInputTokens: 70 },
      { minute: 0, sessionId: "d", ...write(1_000), outcome: "failed", inputTokens: null, cacheReadInputTokens: null },
    ]);
    expect(await factsOf(agent)).toMatchObject({ requests: 5, unread_5m: 0, unread_1h: 70 });
  });

  it("are looked at again when the day goes on", async () => {
    const agent = await agentWith("goes-on", [{ minute: 237, ...write(1_000) }]);
    expect(await factsOf(agent)).toMatchObject({ requests: 1, unread_5m: 0 });
    portal.time.now = new Date("2026-03-15T12:10:00.000Z");
    await portal.platform.insights.refresh();
    portal.time.now = NOW;
    expect(await factsOf(agent)).toMatchObject({ requests: 1, unread_5m: 1_000 });
  });
});

describe("the insights of an agent", () => {
  it("are the figures that SQL says, and another agent's are not among them", async () => {
    const calls = Array.from({ length: 60 }, (_, index) => ({
      ...{ minute: index, sessionId: `s${index}`, listCost: 10_000_000n, ...write(1_000) },
      ...(index < 30 ? { subagentId: "agent-a" } : {}),
      ...(index === 0 ? { inputTokens: 150_000, cacheCreation5mInputTokens: 1_000 } : {}),
    }));
    const agent = await agentWith("dear", calls);
    const { insights } = await portal.platform.insights.of([agent], 7);
    expect(insights).toEqual([
      { kind: "unread-writes", share: 375_000 / 600_000, cost: 375_000_000n },
      { kind: "subagents", share: 0.5, cost: 300_000_000n },
      { kind: "heavy-calls", count: 1, cost: 10_000_000n },
    ]);
    const { rows } = await portal.pool.query(
      `SELECT sum(cost_nano_usd) FILTER (WHERE subagent_id IS NOT NULL)::bigint AS subagents, sum(cost_nano_usd)::bigint AS cost
       FROM llm_requests WHERE agent_id = $1`,
      [agent],
    );
    expect(rows[0]).toEqual({ subagents: 300_000_000n, cost: 600_000_000n });
    const none = await portal.addAgent("quiet");
    expect((await portal.platform.insights.of([none.id], 30)).insights).toEqual([]);
  });
});
