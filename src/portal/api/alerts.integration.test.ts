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
let builder: AgentRecord;

beforeEach(async () => {
  portal = await createTestPortal();
  admin = await portal.addPerson("Ada", "admin");
  olga = await portal.addPerson("Olga");
  stan = await portal.addPerson("Stan");
  builder = await portal.addAgent("builder", olga);
});
afterEach(() => portal.close());

const callerOf = (person: TestPerson, signal?: AbortSignal) =>
  createCallerFactory(appRouter)(person.context, signal === undefined ? {} : { signal });

/** An alert as the gateway writes it, now. */
async function raise(budget: string, agent: AgentRecord, kind = "threshold"): Promise<void> {
  await portal.pool.query(
    `INSERT INTO alerts (kind, budget, agent_id, period, period_start, threshold_percent, limit_nano_usd, spent_nano_usd, crossed_at)
     VALUES ($1, $2, $3, 'day', now(), 80, 10, 8, clock_timestamp())`,
    [kind, budget, agent.id],
  );
}

const namesOf = async (person: TestPerson, input = {}) =>
  (await callerOf(person).alerts.list(input)).alerts.map(({ facts }) => `${facts.scope} ${facts.agentName}`);

describe("alerts", () => {
  it("are for admins all, for owners those about their own agents and nothing of pools and the fleet", async () => {
    const other = await portal.addAgent("other", stan);
    await raise(`agent:${builder.id}`, builder);
    await raise(`agent:${other.id}`, other);
    await raise("fleet", builder);
    expect(await namesOf(admin)).toEqual(["fleet builder", "agent other", "agent builder"]);
    expect(await namesOf(olga)).toEqual(["agent builder"]);
    expect(await namesOf(stan)).toEqual(["agent other"]);
    expect(await namesOf(stan, { agentName: "builder" })).toEqual([]);
    expect((await callerOf(stan).alerts.unread()).count).toBe(1);
  });

  it("come page by page, each once, and by kind and agent", async () => {
    for (let number = 0; number < 5; number += 1)
      await raise(`agent:${builder.id}`, builder, number === 2 ? "runaway" : "threshold");
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<ReturnType<typeof callerOf>["alerts"]["list"]>> = await callerOf(
        admin,
      ).alerts.list({
        limit: 2,
        cursor,
      });
      seen.push(...page.alerts.map(({ id }) => id.toString()));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(["5", "4", "3", "2", "1"]);
    expect(await namesOf(admin, { kind: "runaway" })).toHaveLength(1);
    expect(await namesOf(admin, { kind: "runaway", agentName: "nobody" })).toEqual([]);
  });

  it("are new until they are seen, for each person alone, and never become new again", async () => {
    await raise(`agent:${builder.id}`, builder);
    await raise(`agent:${builder.id}`, builder, "runaway");
    expect(await callerOf(olga).alerts.unread()).toEqual({ count: 2, newestId: 2n });
    await callerOf(olga).alerts.markSeen({ upTo: "2" });
    await callerOf(olga).alerts.markSeen({ upTo: "1" });
    expect((await callerOf(olga).alerts.unread()).count).toBe(0);
    expect((await callerOf(olga).alerts.list({})).alerts.map(({ isUnread }) => isUnread)).toEqual([false, false]);
    expect((await callerOf(admin).alerts.unread()).count).toBe(2);
  });

  it("from before a person had an account are not new to them", async () => {
    await raise(`agent:${builder.id}`, builder);
    await sleep(10);
    const late = await portal.addPerson("Late", "admin");
    expect(await callerOf(late).alerts.unread()).toEqual({ count: 0, newestId: 1n });
  });

  it.each([["x"], ["-1"], ["1e9"], ["9".repeat(30)]])("have no id %j", async (upTo) => {
    await expect(callerOf(admin).alerts.markSeen({ upTo })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  });
});

describe("an open page", () => {
  const within = <T>(work: Promise<T>, ms: number) => Promise.race([work, sleep(ms).then(() => "nothing" as const)]);

  async function follow(person: TestPerson) {
    const stream = (await callerOf(person, new AbortController().signal).live.onLedger()) as AsyncGenerator<LedgerNews>; // what the procedure returns
    await stream.next();
    await sleep(300); // until it listens
    return stream;
  }

  it("hears of an alert at once, of those that its person may see, and of no others", async () => {
    const [ofOlga, ofStan, ofAdmin] = [await follow(olga), await follow(stan), await follow(admin)];
    const nextOfStan = ofStan.next();
    const start = performance.now();
    await raise(`agent:${builder.id}`, builder);
    expect((await ofOlga.next()).value).toEqual({ agentNames: [], hasAlerts: true });
    expect(performance.now() - start).toBeLessThan(1_000);
    expect((await ofAdmin.next()).value).toEqual({ agentNames: [], hasAlerts: true });
    expect(await within(nextOfStan, 500)).toBe("nothing");
  });
});
