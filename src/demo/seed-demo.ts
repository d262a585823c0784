import type pg from "pg";

import { hashKey } from "#agents/agent-token.ts";
import { composeAgentHistory, HISTORY_DAYS } from "#demo/agent-history.ts";
import { DEMO_ADMIN, DEMO_AGENTS, DEMO_OWNERS, type DemoPerson } from "#demo/demo-cast.ts";
import { createDemoSecrets, type DemoSecrets, readDemoSecrets } from "#demo/demo-secrets.ts";
import { createDemoStore, type DemoStore, type NewCast } from "#demo/demo-store.ts";
import type { BudgetRule } from "#domain/budget.ts";
import { DomainError } from "#domain/errors.ts";
import { lastDays } from "#domain/period.ts";
import type { WatchedBudget } from "#ledger/alert-watch.ts";
import { createLedgerWriter } from "#ledger/ledger-writer.ts";
import { hashPassword } from "#people/password.ts";

type Ground = { pool: pg.Pool; dataDir: string; now: Date };

const CALLS_PER_BATCH = 500;
const HINT_LENGTH = 4;
const LABEL_LENGTH = 10;
const EMAIL_LENGTH = 20;

/**
 * Fills an empty database with the demo's people, agents and 30 days of history up to `now`; leaves a demo that is there as it
 * is. Takes a few seconds. A seed that was interrupted is begun again.
 * @throws DomainError `conflict` when the database holds anything else, `unavailable` when the demo's secrets are lost
 */
export async function seedDemo(ground: Ground): Promise<DemoSecrets> {
  const store = createDemoStore(ground.pool);
  const state = await store.state();
  switch (state) {
    case "seeded":
      return readDemoSecrets(ground.dataDir);
    case "foreign":
      throw new DomainError(
        "conflict",
        "This database holds agents or people that are not the demo's. Start the demo without DATABASE_URL and DATA_DIR.",
      );
    case "seeding":
      await store.clear();
      return writeDemo(store, ground);
    case "empty":
      return writeDemo(store, ground);
  }
}

/** How to sign in, in lines for the terminal. */
export function describeSecrets({ passwords, apiKey }: DemoSecrets): string[] {
  const people = passwords.map(({ email, password }) => {
    const label = email === DEMO_ADMIN.email ? "Admin" : "Owner";
    return `${label.padEnd(LABEL_LENGTH)}${email.padEnd(EMAIL_LENGTH)}${password}`;
  });
  return [...people, `${"API key".padEnd(LABEL_LENGTH)}${apiKey}`];
}

async function writeDemo(store: DemoStore, { pool, dataDir, now }: Ground): Promise<DemoSecrets> {
  const secrets = await createDemoSecrets(dataDir);
  const ids = await store.insertCast(await toNewCast(secrets, now));
  const agents = DEMO_AGENTS.map((agent) => ({ ...agent, id: entryOf(ids, agent.name) }));
  const watched = new Map(agents.map(({ id, budget }) => [id, budget === null ? [] : [toWatched(id, budget)]]));
  const writer = createLedgerWriter(pool, {
    budgetsOf: (agentId) => watched.get(agentId) ?? [],
    spentOf: () => null, // of the past, only the ledger knows
  });
  const calls = agents
    .flatMap((agent) => composeAgentHistory(agent, now))
    .sort((a, b) => a.admittedAt.getTime() - b.admittedAt.getTime());
  for (let at = 0; at < calls.length; at += CALLS_PER_BATCH) await writer.record(calls.slice(at, at + CALLS_PER_BATCH));
  await store.finish(now);
  return secrets;
}

function toWatched(agentId: number, rule: BudgetRule): WatchedBudget {
  const key = `agent:${agentId}` as const;
  const rest = {
    timeZone: "UTC",
    reservation: "expected",
    hardStop: false,
    pauseOnRunaway: false,
    increases: [],
  } as const;
  return { budget: { ...rule, ...rest, key }, agentIds: [agentId] };
}

async function toNewCast({ passwords, apiKey, agentKeys }: DemoSecrets, now: Date): Promise<NewCast> {
  const passwordOf = new Map(passwords.map(({ email, password }) => [email, password]));
  const keyOf = new Map(agentKeys.map(({ agentName, virtualKey }) => [agentName, virtualKey]));
  const withHash = async (person: DemoPerson) => ({
    ...person,
    passwordHash: await hashPassword(entryOf(passwordOf, person.email)),
  });
  return {
    people: [await withHash(DEMO_ADMIN), ...(await Promise.all(DEMO_OWNERS.map(withHash)))],
    apiKey: { name: "Cost export", ...toStoredKey(apiKey) },
    agents: DEMO_AGENTS.map((agent) => ({ ...agent, ...toStoredKey(entryOf(keyOf, agent.name)) })),
    createdAt: lastDays(HISTORY_DAYS, now).start,
  };
}

function toStoredKey(key: string) {
  return { keyHash: hashKey(key), keyHint: key.slice(-HINT_LENGTH) };
}

function entryOf<T>(entries: ReadonlyMap<string, T>, name: string): T {
  const entry = entries.get(name);
  if (entry === undefined) throw new RangeError(`The demo has nothing kept for ${name}.`);
  return entry;
}
