import { afterAll, beforeAll, expect, it } from "vitest";

import { appRouter } from "#portal/api/routers/app-router.ts";
import { createCallerFactory } from "#portal/api/trpc.ts";
import { bestMatches } from "#portal/ui/palette/best-matches.ts";
import { createTestPortal, type TestPerson, type TestPortal } from "#testing/portal.ts";

const FLEET_SIZE = 1_000;

let portal: TestPortal;
let people: { admin: TestPerson; olga: TestPerson; stan: TestPerson };

beforeAll(async () => {
  portal = await createTestPortal();
  const [admin, olga] = [await portal.addPerson("Ada", "admin"), await portal.addPerson("Olga")];
  people = { admin, olga, stan: await portal.addPerson("Stan") };
  await portal.addAgent("builder", olga);
  await portal.addAgent("night-builder");
  await portal.addAgent("a.built_thing", olga);
  await portal.platform.agents.remove(admin.actor, await portal.addAgent("builder-of-old", olga));
  await portal.pool.query(
    `INSERT INTO agent_ownership (agent_name, key_hash, key_hint)
     SELECT 'fleet-' || lpad(n::text, 4, '0'), sha256(n::text::bytea), 'hint' FROM generate_series(1, $1) n`,
    [FLEET_SIZE],
  );
});
afterAll(() => portal.close());

async function namesFor(person: keyof typeof people, text: string, limit?: number): Promise<string[]> {
  const caller = createCallerFactory(appRouter)(people[person].context).agents;
  const { agents } = await caller.search({ text, ...(limit !== undefined && { limit }) });
  return agents.map(({ name }) => name);
}

it("an admin finds everybody's agents, the nearest to the beginning of the name first, and none that was removed", async () => {
  expect(await namesFor("admin", "buil")).toEqual(["builder", "a.built_thing", "night-builder"]);
});

it("an owner finds their own, and of others' agents learns nothing", async () => {
  expect(await namesFor("olga", "buil")).toEqual(["builder", "a.built_thing"]);
  expect(await namesFor("olga", "")).toEqual(["a.built_thing", "builder"]);
  expect(await namesFor("olga", "fleet")).toEqual([]);
  expect(await namesFor("stan", "")).toEqual([]);
});

it("each is told apart by owner and type", async () => {
  const { agents } = await createCallerFactory(appRouter)(people.admin.context).agents.search({ text: "builder" });
  expect(agents).toEqual([
    { name: "builder", type: null, ownerName: "Olga" },
    { name: "night-builder", type: null, ownerName: null },
  ]);
});

it("answers a few of a large fleet, and at most twenty", async () => {
  expect(await namesFor("admin", "fleet-")).toEqual(Array.from({ length: 8 }, (_, n) => `fleet-000${n + 1}`));
  expect(await namesFor("admin", "999")).toEqual(["fleet-0999"]);
  expect(await namesFor("admin", "fleet-", 20)).toHaveLength(20);
  await expect(namesFor("admin", "fleet-", 21)).rejects.toMatchObject({ code: "BAD_REQUEST" });
});

it.each(["%", "_T", "a.b", " BUILDER ", "\\", "' OR 1=1 --"])("%j means itself, whatever the case", async (text) => {
  const all = (await portal.platform.agents.all()).map(({ name }) => name).toSorted();
  expect(await namesFor("admin", text)).toEqual(bestMatches(all, text, (name) => name));
});
