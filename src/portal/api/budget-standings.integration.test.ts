import { afterAll, beforeAll, expect, it } from "vitest";

import { createLedgerWriter, type LedgerWriter } from "#ledger/ledger-writer.ts";
import { appRouter } from "#portal/api/routers/app-router.ts";
import { createCallerFactory } from "#portal/api/trpc.ts";
import { settledCall } from "#testing/calls.ts";
import { createTestPortal, type TestPerson, type TestPortal } from "#testing/portal.ts";

let portal: TestPortal;
let admin: TestPerson;
let owner: TestPerson;
let writer: LedgerWriter;
let number = 0;
beforeAll(async () => {
  portal = await createTestPortal();
  writer = createLedgerWriter(portal.pool, { budgetsOf: () => [], spentOf: () => null });
  await portal.pool.query(
    "UPDATE agent_budgets SET daily_limit_nano_usd = NULL, monthly_limit_nano_usd = NULL WHERE scope = 'default'",
  );
  admin = await portal.addPerson("Ada", "admin");
  owner = await portal.addPerson("Olga");
});
afterAll(() => portal.close());

const standings = (person: TestPerson) => createCallerFactory(appRouter)(person.context).overview.budgets();

async function addSpender(name: string, limitUsd: number | null, spentUsd: number): Promise<number> {
  const { id } = await portal.addAgent(name);
  if (limitUsd !== null) {
    await portal.pool.query(
      `INSERT INTO agent_budgets (agent_id, daily_limit_nano_usd, action_on_exceed, updated_by) VALUES ($1, $2, 'block', 'test')`,
      [id, BigInt(limitUsd) * 1_000_000_000n],
    );
  }
  number += 1;
  const listCost = BigInt(spentUsd) * 1_000_000_000n;
  await writer.record([settledCall(number, { agentId: id, admittedAt: portal.platform.clock(), listCost })]);
  return id;
}

it("counts each agent once, by what stops it, and names the budgets that are the most used", async () => {
  await addSpender("fine", 10, 1);
  await addSpender("near", 10, 9);
  await addSpender("over", 10, 12);
  await addSpender("free", null, 50);
  const paused = await addSpender("paused", 10, 1);
  await portal.pool.query("UPDATE agent_ownership SET paused_at = now(), paused_by = 'Ada' WHERE id = $1", [paused]);
  expect(await standings(admin)).toEqual({
    ...{ agents: 5, paused: 1, blocked: 1, reached: 0, near: 1, ok: 1, none: 1 },
    closest: [
      { agentName: "over", state: "blocked", period: "day", usedPercent: 120 },
      { agentName: "near", state: "near", period: "day", usedPercent: 90 },
    ],
  });
});

it("tells an owner of the own agents alone", async () => {
  expect(await standings(owner)).toMatchObject({ agents: 0, closest: [] });
  await portal.pool.query("UPDATE agent_ownership SET owner_id = $1 WHERE agent_name = 'near'", [owner.actor.userId]);
  expect(await standings(owner)).toMatchObject({ agents: 1, near: 1, closest: [{ agentName: "near" }] });
});
