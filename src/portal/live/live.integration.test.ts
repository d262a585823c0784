import { setTimeout as sleep } from "node:timers/promises";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { AgentRecord } from "#agents/agents.ts";
import { appRouter } from "#portal/api/routers/app-router.ts";
import { createCallerFactory } from "#portal/api/trpc.ts";
import type { LedgerNews } from "#portal/live/follow-ledger.ts";
import { createTestPortal, type TestPerson, type TestPortal } from "#testing/portal.ts";

let portal: TestPortal;
let admin: TestPerson;
let olga: TestPerson;
let stan: TestPerson;
let agent: AgentRecord;

beforeEach(async () => {
  portal = await createTestPortal();
  admin = await portal.addPerson("Ada", "admin");
  olga = await portal.addPerson("Olga");
  stan = await portal.addPerson("Stan");
  agent = await portal.addAgent("builder", olga);
});
afterEach(() => portal.close());

/** Opens a page's stream and waits until notices reach it. */
async function follow(person: TestPerson, signal = new AbortController().signal) {
  const caller = createCallerFactory(appRouter)(person.context, { signal });
  const stream = (await caller.live.onLedger()) as AsyncGenerator<LedgerNews>; // what the procedure returns
  expect((await stream.next()).value).toEqual({ agentNames: [], hasAlerts: true });
  await listening();
  return stream;
}

/** Until the database knows of the connection that listens. */
async function listening(): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const { rowCount } = await portal.pool.query(
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN ledger'",
    );
    if (rowCount === 1) return;
    await sleep(50);
  }
  throw new Error("nobody listens");
}

const within = <T>(work: Promise<T>, ms: number) => Promise.race([work, sleep(ms).then(() => "nothing" as const)]);

describe("an open page", () => {
  it("hears of an agent's calls within a second", async () => {
    const stream = await follow(olga);
    const start = performance.now();
    await portal.record({ agentId: agent.id });
    expect((await stream.next()).value).toEqual({ agentNames: ["builder"] });
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it("hears of agents that its person may see, and of no others", async () => {
    await portal.addAgent("stans", stan);
    const [ofOlga, ofStan, ofAdmin] = [await follow(olga), await follow(stan), await follow(admin)];
    const nextOfStan = ofStan.next();
    await portal.record({ agentId: agent.id });
    expect((await ofOlga.next()).value).toEqual({ agentNames: ["builder"] });
    expect((await ofAdmin.next()).value).toEqual({ agentNames: ["builder"] });
    expect(await within(nextOfStan, 700)).toBe("nothing");

    await portal.pool.query(`SELECT pg_notify('ledger', '{"agentIds":"all"}')`);
    expect((await nextOfStan).value).toEqual({ agentNames: ["stans"] });
    expect((await ofAdmin.next()).value).toEqual({ agentNames: ["builder", "stans"] });
  });

  it("gets a burst of calls as one piece of news, each agent once", async () => {
    const second = await portal.addAgent("second", olga);
    const stream = await follow(olga);
    for (let n = 0; n < 20; n += 1) await portal.record({ agentId: agent.id }, { agentId: second.id });
    const heard: string[][] = [];
    let next = stream.next();
    for (;;) {
      const news = await within(next, 600);
      if (news === "nothing") break;
      heard.push((news.value as LedgerNews).agentNames.toSorted()); // the stream has not ended
      next = stream.next();
    }
    expect(heard.length).toBeLessThan(10);
    for (const names of heard) expect(names).toEqual(["builder", "second"]);
  });

  it("is told nothing more once its person lost access", async () => {
    const stream = await follow(olga);
    await portal.platform.people.setDisabled(admin.actor, olga.actor.userId, true);
    await portal.record({ agentId: agent.id });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it("is told nothing more once its session has run out", async () => {
    const stream = await follow(olga);
    portal.time.now = new Date("2100-01-01T00:00:01Z");
    await portal.pool.query("SELECT pg_notify('ledger', $1)", [JSON.stringify({ agentIds: [agent.id] })]);
    expect((await stream.next()).done).toBe(true);
  });

  it("lets go at once when it is closed", async () => {
    const leaving = new AbortController();
    const stream = await follow(olga, leaving.signal);
    const next = stream.next();
    leaving.abort();
    expect((await within(next, 1_000)) as IteratorResult<LedgerNews>).toMatchObject({ done: true }); // not "nothing"
  });

  it("hears again after the database dropped the connection", async () => {
    const stream = await follow(olga);
    const dropped = await portal.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND query = 'LISTEN ledger'`,
    );
    expect(dropped.rowCount).toBe(1);
    await sleep(100);
    await listening();
    await portal.record({ agentId: agent.id });
    expect((await stream.next()).value).toEqual({ agentNames: ["builder"] });
  });
});
