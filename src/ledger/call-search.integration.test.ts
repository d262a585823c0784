import { randomUUID } from "node:crypto";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { AgentRecord } from "#agents/agents.ts";
import { ANY_CALL, CALL_SORTS, type CallFilter, type CallQuery, type CallSort } from "#domain/call-query.ts";
import type { SettledCall } from "#ledger/call-record.ts";
import type { AgentScope } from "#ledger/call-search.ts";
import { createTestPortal, type TestPortal } from "#testing/portal.ts";

const NOW = new Date("2026-03-15T12:00:00.000Z");

let portal: TestPortal;
let agents: AgentRecord[];
let calls: (Pick<SettledCall, "agentId" | "id"> & Partial<SettledCall>)[];

beforeAll(async () => {
  portal = await createTestPortal(NOW);
  const olga = await portal.addPerson("Olga");
  agents = [await portal.addAgent("one", olga), await portal.addAgent("two"), await portal.addAgent("three", olga)];
  calls = Array.from({ length: 240 }, (_, index) => someCall(index));
  await portal.record(...calls);
});
afterAll(() => portal.close());

/** Every kind of call: many of one instant, one latency and one cost; some of which nothing is known. */
function someCall(index: number) {
  const isRefused = index % 11 === 0;
  const isUnknown = isRefused || index % 13 === 0;
  const known = (count: number) => (isUnknown ? null : count);
  return {
    id: randomUUID(),
    agentId: agents[index % 3]?.id ?? 0,
    admittedAt: new Date(NOW.getTime() - Math.floor(index / 4) * 3_000_000),
    model: ["claude-opus-4-8", "claude-sonnet-4-6", "claude-haiku-4-5"][Math.floor(index / 7) % 3] ?? "",
    outcome: isRefused ? ("refused" as const) : ("completed" as const),
    pricedAs: isRefused ? ("none" as const) : ("list" as const),
    status: isRefused ? 402 : 200,
    listCost: BigInt((index * 37) % 9) * 1_000_000n,
    inputTokens: known((index * 31) % 5_000),
    outputTokens: known(50),
    cacheReadInputTokens: known((index * 17) % 7 === 0 ? 0 : 2_000),
    cacheCreation5mInputTokens: known(100),
    cacheCreation1hInputTokens: known(0),
    latencyMs: isRefused ? null : (index * 53) % 700,
    firstByteMs: isRefused ? null : 20,
    sessionId: index % 5 === 0 ? "s-1" : null,
    subagentId: index % 10 === 0 ? "sub-1" : null,
  };
}

const queryOf = (filter: Partial<CallFilter>, sort: CallSort = "newest"): CallQuery => ({
  span: "7d",
  sort,
  filter: { ...ANY_CALL, ...filter },
});

async function allIds(
  scope: AgentScope,
  query: CallQuery,
  limit = 17,
  between?: () => Promise<void>,
): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await portal.platform.callSearch.page(scope, query, { limit, cursor });
    ids.push(...page.calls.map(({ id }) => id));
    cursor = page.nextCursor;
    await between?.();
  } while (cursor !== null);
  return ids;
}

/** The same view, by SQL written by hand. */
async function idsBySql(where: string, order: string): Promise<string[]> {
  const { rows } = await portal.pool.query<{ id: string }>(
    `SELECT 'req_' || replace(id::text, '-', '') AS id FROM llm_requests
     WHERE admitted_at >= $1 AND (${where}) ORDER BY ${order}, admitted_at DESC, id DESC`,
    [new Date(NOW.getTime() - 7 * 86_400_000)],
  );
  return rows.map(({ id }) => id);
}

const TOKENS = `coalesce(input_tokens, output_tokens, cache_read_input_tokens) + output_tokens + cache_read_input_tokens
  + cache_creation_5m_input_tokens + cache_creation_1h_input_tokens`;
const PROMPT =
  "(input_tokens + cache_read_input_tokens + cache_creation_5m_input_tokens + cache_creation_1h_input_tokens)";
const ORDERS: Record<CallSort, string> = {
  newest: "admitted_at DESC",
  slowest: "latency_ms DESC NULLS LAST",
  dearest: "cost_nano_usd DESC",
  "most-tokens": `${TOKENS} DESC NULLS LAST`,
  "lowest-cache-hit": `CASE WHEN ${PROMPT} >= 1024 THEN cache_read_input_tokens * 1000 / ${PROMPT} END NULLS LAST`,
};

describe("a view of the calls", () => {
  it.each(CALL_SORTS)("has each call once, page by page, in its order: %s", async (sort) => {
    expect(await allIds(null, queryOf({}, sort))).toEqual(await idsBySql("true", ORDERS[sort]));
  });

  it.each(CALL_SORTS)("stays right while calls keep arriving: %s", async (sort) => {
    const before = await idsBySql("true", ORDERS[sort]);
    const late = { agentId: agents[0]?.id ?? 0, model: "claude-late", listCost: 9_000_000_000n, latencyMs: 999_999 };
    const seen = await allIds(null, queryOf({}, sort), 40, () =>
      portal.record({ ...late, admittedAt: NOW }, { ...late, admittedAt: new Date(NOW.getTime() - 600_000) }),
    );
    const old = new Set(before);
    expect(seen.filter((id) => old.has(id))).toEqual(before);
    expect(new Set(seen).size).toBe(seen.length);
    await portal.pool.query("DELETE FROM llm_requests WHERE model = 'claude-late'");
  });

  const FILTERS: [Partial<CallFilter>, string][] = [
    [{ model: "claude-opus-4-8" }, "model = 'claude-opus-4-8'"],
    [{ model: "claude-never-called" }, "false"],
    [{ outcome: "refused" }, "outcome = 'refused'"],
    [{ outcome: "completed" }, "outcome = 'completed'"],
    [{ status: 402 }, "status = 402"],
    [{ sessionId: "s-1" }, "session_id = 's-1'"],
    [{ subagentId: "sub-1" }, "subagent_id = 'sub-1'"],
    [{ costMin: 3_000_000n, costMax: 5_000_000n }, "cost_nano_usd BETWEEN 3000000 AND 5000000"],
    [{ tokensMin: 4_000 }, `${TOKENS} >= 4000`],
    [{ tokensMax: 2_000 }, `${TOKENS} <= 2000`],
    [{ latencyMinMs: 300, latencyMaxMs: 500 }, "latency_ms BETWEEN 300 AND 500"],
    [
      { model: "claude-opus-4-8", status: 402, costMax: 2_000_000n },
      "model = 'claude-opus-4-8' AND status = 402 AND cost_nano_usd <= 2000000",
    ],
  ];
  describe.each(FILTERS)("narrowed to %o", (filter, where) => {
    it.each(CALL_SORTS)("has those calls and no others: %s", async (sort) => {
      expect(await allIds(null, queryOf(filter, sort))).toEqual(await idsBySql(where, ORDERS[sort]));
    });
  });

  it.each(CALL_SORTS)("of some agents has theirs alone: %s", async (sort) => {
    const [one, two, three] = agents.map(({ id }) => id);
    expect(await allIds([one ?? 0], queryOf({}, sort))).toEqual(await idsBySql(`agent_id = ${one}`, ORDERS[sort]));
    const both = `agent_id IN (${two}, ${three})`;
    expect(await allIds([two ?? 0, three ?? 0], queryOf({}, sort))).toEqual(await idsBySql(both, ORDERS[sort]));
    const many = [two ?? 0, three ?? 0, ...Array.from({ length: 80 }, (_, index) => 90_000 + index)];
    expect(await allIds(many, queryOf({}, sort))).toEqual(await idsBySql(both, ORDERS[sort]));
    expect(await allIds([], queryOf({}, sort))).toEqual([]);
  });

  it("of an owner has the calls of agents while they were theirs", async () => {
    const admin = await portal.addPerson("Ada", "admin");
    const pia = await portal.addPerson("Pia");
    const agent = await portal.addAgent("moving", pia);
    const at = (offset: number) => new Date(Date.now() + offset);
    portal.time.now = new Date();
    await portal.record({ agentId: agent.id, admittedAt: at(-60_000), sessionId: "hers" });
    await portal.platform.agents.update(admin.actor, agent, { ownerId: null, type: null });
    await portal.record({ agentId: agent.id, admittedAt: at(30_000), sessionId: "nobody's" });
    const found = await portal.platform.callSearch.page(null, queryOf({ ownerId: pia.actor.userId }), {
      limit: 10,
      cursor: null,
    });
    portal.time.now = NOW;
    expect(found.calls.map(({ sessionId, tags }) => [sessionId, tags?.ownerName])).toEqual([["hers", "Pia"]]);
  });

  it.each([
    "",
    "newest",
    "newest~0~~1~nothing",
    "slowest~0~5~17000000~0196f1a23c4d7e5f8a6b7c8d9e0f1a2b",
    "newest~0~~1e9~'--",
  ])("refuses the cursor %j", async (cursor) => {
    const page = portal.platform.callSearch.page(null, queryOf({}), { limit: 5, cursor });
    await expect(page).rejects.toMatchObject({ code: "invalid_input" });
  });
});

describe("one call", () => {
  it("is found with the lines that its cost is made of", async () => {
    const id = randomUUID();
    const agentId = agents[1]?.id ?? 0;
    // 1,000 in at $3, 200 out at $15 and 10,000 from the cache at $0.30 a million.
    const counts = { inputTokens: 1_000, outputTokens: 200, cacheReadInputTokens: 10_000 };
    await portal.record({ id, agentId, model: "claude-sonnet-4-5", listCost: 9_000_000n, ...counts, promptId: "p-1" });
    const call = await portal.platform.callSearch.one(null, `req_${id.replaceAll("-", "")}`);
    expect(call).toMatchObject({ promptId: "p-1", overheadUs: 200, tags: { agentName: "two", ownerName: null } });
    expect(call.cost?.unexplained).toBe(0n);
    expect(call.cost?.charges.map(({ skuMeter, listCost }) => [skuMeter, listCost])).toEqual([
      ["Input Tokens", 3_000_000n],
      ["Output Tokens", 3_000_000n],
      ["Cache Read Tokens", 3_000_000n],
    ]);
  });

  it("of an agent outside the scope is as if it were not there", async () => {
    const requestId = `req_${calls[0]?.id.replaceAll("-", "")}`;
    const [own, other] = [agents[0]?.id ?? 0, agents[1]?.id ?? 0];
    expect((await portal.platform.callSearch.one([own], requestId)).id).toBe(requestId);
    for (const scope of [[other], []]) {
      const call = portal.platform.callSearch.one(scope, requestId);
      await expect(call).rejects.toMatchObject({ code: "not_found", message: "There is no such call." });
    }
  });
});

describe("newer calls", () => {
  it("are those that ended after the list was read, also when they began before", async () => {
    const asOf = new Date(NOW.getTime() + 1_000);
    const newer = (filter: Partial<CallFilter> = {}) => portal.platform.callSearch.newer(null, queryOf(filter), asOf);
    const before = (await newer()).count;
    const agentId = agents[0]?.id ?? 0;
    const at = (ms: number) => new Date(asOf.getTime() + ms);
    await portal.record(
      { agentId, admittedAt: at(-2_000), latencyMs: 1_500 },
      { agentId, admittedAt: at(-2_000), latencyMs: 2_500, model: "claude-long" },
      { agentId, admittedAt: at(500), latencyMs: null, outcome: "refused", status: 402 },
    );
    expect((await newer()).count - before).toBe(2);
    expect(await newer({ model: "claude-long" })).toEqual({ count: 1, isMore: false });
    expect((await portal.platform.callSearch.newer([], queryOf({}), asOf)).count).toBe(0);
  });
});
