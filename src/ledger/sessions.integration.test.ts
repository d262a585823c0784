import { randomUUID } from "node:crypto";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { AgentRecord } from "#agents/agents.ts";
import { SESSION_SORTS, type SessionSort } from "#domain/session-query.ts";
import type { SettledCall } from "#ledger/call-record.ts";
import type { AgentScope } from "#ledger/call-search.ts";
import { appRouter } from "#portal/api/routers/app-router.ts";
import { createCallerFactory } from "#portal/api/trpc.ts";
import { ledgerDifferences } from "#testing/ledger-sums.ts";
import { createTestPortal, type TestPerson, type TestPortal } from "#testing/portal.ts";

const NOW = new Date("2026-03-15T12:00:00.000Z");
const HOUR_MS = 3_600_000;

let portal: TestPortal;
let people: { admin: TestPerson; owner: TestPerson };
let own: AgentRecord;
let other: AgentRecord;

beforeAll(async () => {
  portal = await createTestPortal(NOW);
  const owner = await portal.addPerson("Olga");
  people = { owner, admin: await portal.addPerson("Ada", "admin") };
  own = await portal.addAgent("own", owner);
  other = await portal.addAgent("other");
  await portal.record(...Array.from({ length: 300 }, (_, index) => someCall(index)));
  await portal.record(...Array.from({ length: 150 }, (_, index) => someCall(300 + index)));
});
afterAll(() => portal.close());

/** Forty sessions of each agent, half of them under the same name; many of one cost and one instant. */
function someCall(index: number): Pick<SettledCall, "agentId"> & Partial<SettledCall> {
  const isRefused = index % 17 === 0;
  return {
    id: randomUUID(),
    agentId: index % 2 === 0 ? own.id : other.id,
    admittedAt: new Date(NOW.getTime() - Math.floor(index / 6) * HOUR_MS),
    model: ["claude-opus-4-8", "claude-sonnet-4-6", "claude-haiku-4-5"][index % 3] ?? "",
    outcome: isRefused ? "refused" : "completed",
    listCost: isRefused ? 0n : BigInt((index * 37) % 9) * 30_000_000n,
    inputTokens: isRefused ? null : 1_000 + index,
    outputTokens: isRefused ? null : 50,
    cacheReadInputTokens: isRefused ? null : 2_000,
    sessionId: index % 13 === 0 ? null : `session-${index % 40}`,
    promptId: index % 5 === 0 ? null : `prompt-${index % 3}`,
    subagentId: index % 4 === 1 ? `sub-${index % 8}` : null,
    latencyMs: isRefused ? null : 4_000,
  };
}

async function allIds(scope: AgentScope, sort: SessionSort, span: "24h" | "7d" = "7d"): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await portal.platform.sessions.page(scope, { span, sort, agentName: null }, { limit: 7, cursor });
    ids.push(...page.sessions.map(({ agentId, sessionId }) => `${agentId} ${sessionId}`));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return ids;
}

const ORDERS: Record<SessionSort, string> = { latest: "max(admitted_at)", dearest: "sum(cost_nano_usd)" };

/** The same list from the calls, by SQL written by hand. */
async function idsBySql(agentIds: readonly number[], sort: SessionSort, days: number): Promise<string[]> {
  const { rows } = await portal.pool.query<{ id: string }>(
    `SELECT agent_id || ' ' || session_id AS id FROM llm_requests WHERE session_id IS NOT NULL AND agent_id = ANY($1)
     GROUP BY agent_id, session_id HAVING max(admitted_at) >= $2
     ORDER BY ${ORDERS[sort]} DESC, agent_id DESC, session_id DESC`,
    [agentIds, new Date(NOW.getTime() - days * 24 * HOUR_MS)],
  );
  return rows.map(({ id }) => id);
}

describe("the list of sessions", () => {
  it("is what the calls say, in both orders, page by page, each session once", async () => {
    for (const sort of SESSION_SORTS) {
      expect(await allIds(null, sort)).toEqual(await idsBySql([own.id, other.id], sort, 7));
      expect(await allIds([own.id], sort)).toEqual(await idsBySql([own.id], sort, 7));
      expect(await allIds(null, sort, "24h")).toEqual(await idsBySql([own.id, other.id], sort, 1));
    }
    expect((await allIds(null, "latest")).length).toBeGreaterThan(30);
    expect(await allIds([], "latest")).toEqual([]);
  });

  it("has each session's calls, subagents, models, tokens, cost and errors", async () => {
    const { sessions } = await portal.platform.sessions.page(
      null,
      { span: "7d", sort: "dearest", agentName: null },
      { limit: 100, cursor: null },
    );
    const { rows } = await portal.pool.query<Record<string, unknown>>(
      `SELECT agent_id AS "agentId", session_id AS "sessionId", count(*)::int AS requests, sum(cost_nano_usd)::bigint AS "listCost",
         count(*) FILTER (WHERE outcome = 'refused')::int AS refused, count(DISTINCT subagent_id)::int AS subagents,
         min(admitted_at) AS "firstCallAt", max(admitted_at) AS "lastCallAt",
         max(admitted_at + make_interval(secs => coalesce(latency_ms, 0) / 1000.0)) AS "endedAt",
         sum(input_tokens + cache_read_input_tokens)::int AS "tokensIn", array_agg(DISTINCT model) AS models
       FROM llm_requests WHERE session_id IS NOT NULL GROUP BY 1, 2`,
    );
    expect(rows.length).toBe(sessions.length);
    for (const row of rows) {
      const shown = sessions.find((one) => one.agentId === row.agentId && one.sessionId === row.sessionId);
      expect(shown).toMatchObject(row);
    }
    expect(await ledgerDifferences(portal.pool)).toEqual([]);
  });

  it("refuses a cursor of another order, and one that it did not give", async () => {
    const list = (sort: SessionSort, cursor: string) =>
      portal.platform.sessions.page(null, { span: "7d", sort, agentName: null }, { limit: 5, cursor });
    const { nextCursor } = await list("latest", "latest~9999999999999999~1~YQ");
    for (const cursor of [nextCursor ?? "", "dearest~x~1~YQ", "dearest~1~1~", "' OR 1=1"]) {
      await expect(list("dearest", cursor)).rejects.toMatchObject({ code: "invalid_input" });
    }
  });
});

describe("a session", () => {
  it("is its prompts and subagents, whose sums are those of its calls", async () => {
    const sessionId = "session-1";
    const detail = await portal.platform.sessions.one(null, other.id, sessionId);
    const { rows } = await portal.pool.query<{
      prompt: string | null;
      sub: string | null;
      calls: number;
      cost: bigint;
    }>(
      `SELECT prompt_id AS prompt, subagent_id AS sub, count(*)::int AS calls, sum(cost_nano_usd)::bigint AS cost FROM llm_requests
       WHERE agent_id = $1 AND session_id = $2 GROUP BY 1, 2`,
      [other.id, sessionId],
    );
    const parts = detail.prompts.flatMap(({ promptId, main, subagents }) => [
      ...(main === null ? [] : [{ prompt: promptId, sub: null, calls: main.requests, cost: main.listCost }]),
      ...subagents.map(({ subagentId: sub, sums }) => ({ prompt: promptId, sub, calls: sums.requests, cost: sums.listCost })),
    ]); // biome-ignore format: rows
    expect(parts).toHaveLength(rows.length);
    expect(parts).toEqual(expect.arrayContaining(rows));
    expect(detail.untold).toBe(0);
    expect(detail.prompts.reduce((sum, { sums }) => sum + sums.listCost, 0n)).toBe(detail.session.listCost);
  });

  it("says how many of its calls are not kept any more", async () => {
    await portal.pool.query("DELETE FROM llm_requests WHERE agent_id = $1 AND session_id = 'session-2'", [own.id]);
    const detail = await portal.platform.sessions.one(null, own.id, "session-2");
    expect(detail.prompts).toEqual([]);
    expect(detail.untold).toBe(detail.session.requests);
  });

  it("is nobody else's: another's and one that never was are told alike", async () => {
    const sessionsOf = (person: TestPerson) => createCallerFactory(appRouter)(person.context).sessions;
    const query = { span: "7d" as const, sort: "latest" as const, agentName: null };
    const { sessions } = await sessionsOf(people.owner).list({ query, limit: 100 });
    expect(new Set(sessions.map(({ agentName }) => agentName))).toEqual(new Set(["own"]));
    const answers = [
      () => sessionsOf(people.owner).one({ agentId: other.id, sessionId: "session-1" }),
      () => sessionsOf(people.owner).one({ agentId: own.id, sessionId: "never" }),
      () => sessionsOf(people.owner).list({ query: { ...query, agentName: "other" } }),
      () => sessionsOf(people.owner).list({ query: { ...query, agentName: "never" } }),
    ];
    for (const answer of answers) await expect(answer()).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect((await sessionsOf(people.admin).one({ agentId: other.id, sessionId: "session-1" })).session.agentName).toBe(
      "other",
    );
  });
});

describe("the dearest of an agent", () => {
  it("are its sessions and subagents of the days, and what all came to", async () => {
    const dearest = await portal.platform.sessions.dearest(other.id, 7);
    expect(dearest.dearestSessions.map(({ agentId, sessionId }) => `${agentId} ${sessionId}`)).toEqual(
      (await idsBySql([other.id], "dearest", 6.5)).slice(0, 10),
    );
    const { rows } = await portal.pool.query<{ session: string; sub: string; cost: bigint }>(
      `SELECT session_id AS session, subagent_id AS sub, sum(cost_nano_usd)::bigint AS cost FROM llm_requests
       WHERE agent_id = $1 AND session_id IS NOT NULL AND subagent_id IS NOT NULL GROUP BY 1, 2
       HAVING max(admitted_at) >= '2026-03-09' ORDER BY 3 DESC, 1, 2`,
      [other.id],
    );
    expect(
      dearest.dearestSubagents.map(({ sessionId: session, subagentId: sub, listCost: cost }) => ({
        session,
        sub,
        cost,
      })),
    ).toEqual(rows.slice(0, 10));
    expect(dearest.subagents).toBe(rows.length);
    expect(dearest.subagentCost).toBe(rows.reduce((sum, { cost }) => sum + cost, 0n));
  });
});
