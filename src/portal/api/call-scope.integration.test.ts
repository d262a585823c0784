import { randomUUID } from "node:crypto";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { ANY_CALL } from "#domain/call-query.ts";
import { parseUsd } from "#domain/money.ts";
import { appRouter } from "#portal/api/routers/app-router.ts";
import { createCallerFactory } from "#portal/api/trpc.ts";
import { exportRequests } from "#portal/rest/requests-export-route.ts";
import { createTestPortal, PORTAL_URL, type TestPerson, type TestPortal } from "#testing/portal.ts";

const NOW = new Date("2026-03-15T12:00:00.000Z");
const CALLS = { own: randomUUID(), other: randomUUID(), gone: randomUUID() };
const idOf = (call: keyof typeof CALLS) => `req_${CALLS[call].replaceAll("-", "")}`;

let portal: TestPortal;
let people: { admin: TestPerson; owner: TestPerson; agentless: TestPerson };

beforeAll(async () => {
  portal = await createTestPortal(NOW);
  const owner = await portal.addPerson("Olga");
  people = { admin: await portal.addPerson("Ada", "admin"), owner, agentless: await portal.addPerson("Stan") };
  const own = await portal.addAgent("own", owner);
  const other = await portal.addAgent("other");
  const gone = await portal.addAgent("gone", owner);
  await portal.record(
    { agentId: own.id, id: CALLS.own, model: "claude-opus-4-8", latencyMs: 1_000 },
    { agentId: other.id, id: CALLS.other, model: "claude-haiku-4-5", latencyMs: 20_000 },
    { agentId: gone.id, id: CALLS.gone, model: "claude-sonnet-4-6", latencyMs: 20_000 },
  );
  await portal.platform.agents.remove(people.admin.actor, gone);
});
afterAll(() => portal.close());

const requestsOf = (person: keyof typeof people) => createCallerFactory(appRouter)(people[person].context).requests;
const queryOf = (agentName: string | null = null) => ({
  span: "7d" as const,
  sort: "newest" as const,
  filter: { ...ANY_CALL, agentName, costMin: null, costMax: null },
});

async function idsFor(person: keyof typeof people, agentName: string | null = null): Promise<string[]> {
  const { calls } = await requestsOf(person).search({ query: queryOf(agentName) });
  return calls.map(({ id }) => id).toSorted();
}

describe("the calls that a person sees", () => {
  it("are everybody's for an admin, also those of agents that are gone", async () => {
    expect(await idsFor("admin")).toEqual([idOf("own"), idOf("other"), idOf("gone")].toSorted());
    expect(await idsFor("admin", "other")).toEqual([idOf("other")]);
  });

  it("are those of the own agents for an owner, and none for who has none", async () => {
    expect(await idsFor("owner")).toEqual([idOf("own")]);
    expect(await idsFor("agentless")).toEqual([]);
  });

  it("tell of another's agent as of none, in every answer", async () => {
    const requests = requestsOf("owner");
    const asOf = new Date(NOW.getTime() - 60_000);
    for (const agentName of ["other", "never-there"]) {
      const answers = [
        () => requests.search({ query: queryOf(agentName) }),
        () => requests.newer({ query: queryOf(agentName), asOf }),
        () => requests.durations({ span: "7d", of: agentName }),
      ];
      for (const answer of answers) await expect(answer()).rejects.toMatchObject({ code: "NOT_FOUND" });
    }
    await expect(requests.one({ requestId: idOf("other") })).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect((await requests.one({ requestId: idOf("own") })).model).toBe("claude-opus-4-8");
    expect((await requests.newer({ query: queryOf(), asOf })).count).toBe(1);
    expect(await requests.models()).toEqual(["claude-opus-4-8"]);
    expect((await requestsOf("admin").models()).toSorted()).toHaveLength(3);
  });

  it("are those whose times are counted", async () => {
    const spans = ["24h", "7d", "30d"] as const;
    for (const span of spans) {
      const own = await requestsOf("owner").durations({ span, of: null });
      expect(own.whole.latency).toEqual({ p50: 1_084, p90: 1_084, p99: 1_084 });
      expect(own.steps.reduce((sum, { calls }) => sum + calls, 0)).toBe(1);
      const all = await requestsOf("admin").durations({ span, of: null });
      expect(all.whole.latency).toEqual({ p50: 24_652, p90: 24_652, p99: 24_652 });
      expect(all.steps.reduce((sum, { calls }) => sum + calls, 0)).toBe(3);
      expect(all.steps.filter(({ calls }) => calls === 0).every(({ latency }) => latency.p50 === null)).toBe(true);
      const none = await requestsOf("agentless").durations({ span, of: null });
      expect(none.whole.latency.p50).toBeNull();
    }
  });
});

describe("the export", () => {
  const read = (person: keyof typeof people | null, search = "") =>
    exportRequests(
      new Request(`${PORTAL_URL}/api/requests/export${search}`, {
        headers: person === null ? {} : { cookie: people[person].cookie },
      }),
    );

  it("holds what the person sees, and nothing for who has no agent but the heading", async () => {
    const idsIn = async (person: keyof typeof people) =>
      (await (await read(person)).text())
        .trim()
        .split("\r\n")
        .slice(1)
        .map((line) => line.split(",")[0]);
    expect((await idsIn("admin")).toSorted()).toEqual([idOf("own"), idOf("other"), idOf("gone")].toSorted());
    expect(await idsIn("owner")).toEqual([idOf("own")]);
    expect(await idsIn("agentless")).toEqual([]);
  });

  it("is refused to who is not signed in, and of another's agent not found", async () => {
    expect((await read(null)).status).toBe(401);
    expect((await read("owner", "?agent=other")).status).toBe(404);
    expect((await read("admin", "?from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z")).status).toBe(400);
  });

  it("in FOCUS adds up to the ledger's cost of the view, whatever its filters and order are", async () => {
    const costOf = async (person: keyof typeof people, search: string) => {
      const answer = await read(person, `?format=focus${search}`);
      expect(answer.headers.get("content-disposition")).toContain('filename="focus-requests-');
      const [head = "", ...lines] = (await answer.text()).trim().split("\r\n");
      const at = head.split(",").indexOf("BilledCost");
      return lines.reduce((sum, line) => sum + (parseUsd(line.split(",")[at] ?? "") ?? 0n), 0n);
    };
    const ledgerCost = async (where: string) => {
      const { rows } = await portal.pool.query<{ cost: bigint }>(
        `SELECT coalesce(sum(cost_nano_usd), 0)::bigint AS cost FROM llm_requests
         JOIN agent_ownership AS agent ON agent.id = agent_id WHERE ${where}`,
      );
      return rows[0]?.cost;
    };
    const agent = await portal.addAgent("spender", people.owner);
    const calls = Array.from({ length: 1_107 }, (_, call) => ({
      agentId: agent.id,
      admittedAt: new Date(NOW.getTime() - call * 420_000),
      model: call % 3 === 0 ? "claude-opus-4-8" : "claude-haiku-4-5",
      listCost: BigInt(call * 7_919 + 1),
      latencyMs: call,
    }));
    await portal.record(...calls);

    expect(await costOf("admin", "&sort=dearest")).toBe(await ledgerCost("true"));
    expect(await costOf("owner", "")).toBe(await ledgerCost("agent_name IN ('own', 'spender')"));
    expect(await costOf("agentless", "")).toBe(0n);
    const few = "agent_name = 'spender' AND model = 'claude-opus-4-8' AND latency_ms >= 500";
    const fewCost = await ledgerCost(few);
    expect(fewCost).toBeGreaterThan(0n);
    expect(await costOf("admin", "&agent=spender&model=claude-opus-4-8&latency_min=500")).toBe(fewCost);
    expect((await read("admin", "?format=xml")).status).toBe(400);
    expect((await read("owner", "?format=focus&agent=other")).status).toBe(404);
  });

  it("goes on over any number of pages", async () => {
    const agent = await portal.addAgent("busy");
    await portal.record(...Array.from({ length: 1_203 }, () => ({ agentId: agent.id })));
    const lines = (await (await read("admin", "?agent=busy")).text()).trim().split("\r\n");
    expect(lines).toHaveLength(1_204);
    expect(new Set(lines).size).toBe(1_204);
  });
});
