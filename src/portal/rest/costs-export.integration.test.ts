import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { parseUsd } from "#domain/money.ts";
import { exportAgents } from "#portal/rest/agents-export-route.ts";
import { exportCosts } from "#portal/rest/costs-export-route.ts";
import { createTestPortal, PORTAL_URL, type TestPerson, type TestPortal } from "#testing/portal.ts";

const DAY_MS = 86_400_000;

let portal: TestPortal;
let people: Record<"admin" | "owner" | "agentless", TestPerson>;

beforeAll(async () => {
  portal = await createTestPortal();
  people = {
    admin: await portal.addPerson("Ada", "admin"),
    owner: await portal.addPerson("Grace"),
    agentless: await portal.addPerson("Alan"),
  };
  const [own, other] = [await portal.addAgent("own", people.owner), await portal.addAgent("other")];
  for (let call = 0; call < 40; call += 1) {
    await portal.record({
      agentId: call % 3 === 0 ? own.id : other.id,
      admittedAt: new Date(portal.time.now.getTime() - (call % 9) * DAY_MS),
      model: call % 2 === 0 ? "claude-opus-4-5" : "claude-haiku-5-5",
      listCost: BigInt(call * 7_919 + 1),
      ...{
        inputTokens: call * 3,
        outputTokens: call * 11,
        cacheReadInputTokens: call * 5,
        webSearchRequests: call % 2,
      },
    });
  }
});
afterAll(() => portal.close());

const read = (person: keyof typeof people | null, search = "") =>
  exportCosts(
    new Request(`${PORTAL_URL}/api/costs/export${search}`, {
      headers: person === null ? {} : { cookie: people[person].cookie },
    }),
  );

async function costOf(person: keyof typeof people, search: string): Promise<bigint> {
  const lines = (await (await read(person, search)).text())
    .trim()
    .split("\r\n")
    .map((line) => line.split(","));
  const at = lines[0]?.findIndex((name) => name === "BilledCost" || name === "list_cost_usd") ?? -1;
  return lines.slice(1).reduce((sum, cells) => sum + (parseUsd(cells[at] ?? "") ?? 0n), 0n);
}

async function ledgerCost(where: string): Promise<bigint> {
  const { rows } = await portal.pool.query<{ cost: bigint }>(
    `SELECT coalesce(sum(cost_nano_usd), 0)::bigint AS cost FROM llm_requests
     JOIN agent_ownership ON agent_ownership.id = agent_id WHERE ${where}`,
  );
  return rows[0]?.cost ?? -1n;
}

describe("the export of costs", () => {
  it.each(["csv", "focus"])("as %s adds up to the ledger, for each who asks and each span", async (format) => {
    const week = "admitted_at >= '2026-03-09T00:00:00Z'";
    expect(await costOf("admin", `?format=${format}&days=7`)).toBe(await ledgerCost(week));
    expect(await costOf("admin", `?format=${format}&days=30`)).toBe(await ledgerCost("true"));
    expect(await costOf("owner", `?format=${format}&days=30`)).toBe(await ledgerCost("agent_name = 'own'"));
    expect(await costOf("admin", `?format=${format}&days=7&agent=other`)).toBe(
      await ledgerCost(`${week} AND agent_name = 'other'`),
    );
    expect(await costOf("agentless", `?format=${format}&days=30`)).toBe(0n);
  });

  it("is refused to who is not signed in, of another's agent not found, and of no span or format that there is", async () => {
    expect((await read(null)).status).toBe(401);
    expect((await read("owner", "?agent=other")).status).toBe(404);
    for (const search of ["?days=0", "?days=x", "?days=1e9", "?format=xml"]) {
      expect((await read("admin", search)).status).toBe(400);
    }
  });
});

describe("the export of the agents", () => {
  it("holds those that the person sees, with what they cost today", async () => {
    const answer = await exportAgents(
      new Request(`${PORTAL_URL}/api/agents-export`, { headers: { cookie: people.owner.cookie } }),
    );
    const [head, ...lines] = (await answer.text()).trim().split("\r\n");
    expect(head?.split(",").slice(0, 6)).toEqual(["agent", "owner", "type", "template", "routing", "today_usd"]);
    expect(lines).toHaveLength(1);
    const cells = lines[0]?.split(",");
    expect(cells?.slice(0, 2)).toEqual(["own", "Grace"]);
    expect(parseUsd(cells?.[5] ?? "")).toBe(
      await ledgerCost("agent_name = 'own' AND admitted_at >= '2026-03-15T00:00:00Z'"),
    );
  });
});
