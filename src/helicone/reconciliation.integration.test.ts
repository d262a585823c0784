import { randomUUID } from "node:crypto";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { AgentRecord } from "#agents/agents.ts";
import { createComparedLedgerStore } from "#helicone/compared-ledger-store.ts";
import { createHeliconeClient } from "#helicone/helicone-client.ts";
import { createReconciliation, type Reconciliation } from "#helicone/reconciliation.ts";
import { createReconciliationStore } from "#helicone/reconciliation-store.ts";
import { createHeliconeUsageSource } from "#helicone/usage-source.ts";
import { createPrisma, type PrismaClient } from "#prisma-client.ts";
import { callId, SILENT } from "#testing/calls.ts";
import { logToHelicone } from "#testing/helicone-log.ts";
import { createTestPortal, type TestPerson, type TestPortal } from "#testing/portal.ts";
import { type HeliconeStandIn, startHeliconeStandIn } from "../../e2e/helicone/helicone-stand-in.ts";

const NOW = new Date("2026-11-24T12:00:00Z");
const MODEL = "claude-sonnet-4-20250514";
const at = (text: string) => new Date(`2026-11-${text}Z`);
/** The call that the stand-in's log route is given, as the ledger has it. */
const CALL = { model: MODEL, listCost: 4_650_000n, inputTokens: 1_000, outputTokens: 100, cacheReadInputTokens: 500 };
const EVERY_KIND = ["missing_there", "missing_here", "repeated_there"] as const;

let helicone: HeliconeStandIn;
let portal: TestPortal;
let prisma: PrismaClient;
let admin: TestPerson;
let scout: AgentRecord;
let reconciliation: Reconciliation;
let number = 0;

beforeAll(async () => {
  helicone = await startHeliconeStandIn({ upstreamUrl: "http://127.0.0.1:9", faults: { indexDelayMs: 0 } });
  portal = await createTestPortal(NOW);
  prisma = createPrisma(portal.pool.options.connectionString ?? "");
  admin = await portal.addPerson("Ada", "admin");
  scout = await portal.addAgent("scout");
});
beforeEach(() => {
  portal.time.now = NOW;
  const apiKey = helicone.createKey("rw");
  reconciliation = createReconciliation({
    store: createReconciliationStore(prisma),
    ledger: createComparedLedgerStore(prisma),
    helicone: createHeliconeUsageSource(
      createHeliconeClient({ url: helicone.jawnUrl, apiKey: () => apiKey, timeoutMs: 1_000 }),
    ),
    clock: () => portal.time.now,
    log: SILENT,
  });
});
afterEach(async () => {
  await helicone.reset();
  await portal.pool.query("TRUNCATE llm_requests, helicone_day_checks, helicone_outbox CASCADE");
});
afterAll(async () => {
  await prisma.$disconnect();
  await portal.close();
  await helicone.close();
});

type Call = Parameters<TestPortal["record"]>[0];

/** Puts a call into the ledger, and returns its id. */
async function record(fields: Partial<Call> = {}): Promise<string> {
  number += 1;
  const id = callId(number);
  await portal.record({ ...CALL, id, agentId: scout.id, admittedAt: at("23T10:00:00.250"), ...fields });
  return id;
}

async function log(id: string, fields: Partial<Parameters<typeof logToHelicone>[1]> = {}): Promise<void> {
  await logToHelicone(helicone, { id, agentName: "scout", at: at("23T10:00:00.250"), ...fields });
}

async function day(dayStart = at("23T00:00:00")) {
  const found = (await reconciliation.days(7)).find((check) => check.dayStart.getTime() === dayStart.getTime());
  if (found === undefined) throw new Error("the day was not compared");
  return found;
}

async function differences(kinds: readonly (typeof EVERY_KIND)[number][] = EVERY_KIND, dayStart = at("23T00:00:00")) {
  return (await reconciliation.differences({ dayStart, agentName: null, kinds }, { skip: 0, limit: 50 })).differences;
}

describe("a day's comparison", () => {
  it("agrees on calls that both have, whatever side of midnight Helicone saw them", async () => {
    await log(await record());
    const late = await record({ admittedAt: at("23T23:59:59.999") });
    await log(late, { at: at("24T00:00:00.400") });
    await reconciliation.check();
    expect((await day()).agents).toEqual([
      {
        agentName: "scout",
        ...{ ledgerRequests: 2, ledgerCostNanoUsd: 9_300_000n, heliconeRequests: 2, heliconeCostNanoUsd: 9_300_000n },
        ...{ missingThere: 0, missingHere: 0, repeatedThere: 0, pricedDifferently: 0 },
      },
    ]);
    expect((await day(at("24T00:00:00"))).agents).toEqual([]);
    expect([await differences(), (await day()).priceGaps]).toEqual([[], []]);
    expect(helicone.violations()).toEqual([]);
  });

  it("names what is missing there, missing here, and there twice", async () => {
    const lacking = await record();
    const twice = await record();
    await log(twice);
    await log(twice);
    const stranger = "64b5fa78-00fb-4083-8dc4-2cfea439c933";
    await log(stranger, { agentName: "wanderer" });
    await reconciliation.check();
    expect((await differences()).map(({ kind, requestId, agentName }) => [kind, requestId, agentName])).toEqual(
      expect.arrayContaining([
        ["missing_there", lacking, "scout"],
        ["repeated_there", twice, "scout"],
        ["missing_here", stranger, "wanderer"],
      ]),
    );
    expect((await day()).agents).toEqual([
      expect.objectContaining({ agentName: "scout", missingThere: 1, repeatedThere: 1, heliconeRequests: 2 }),
      expect.objectContaining({ agentName: "wanderer", missingHere: 1, ledgerRequests: 0 }),
    ]);
  });

  it("says why prices differ, by agent and model", async () => {
    await log(await record({ model: "claude-opus-4-6" }), { model: "claude-opus-4-6" });
    await log(await record({ model: "claude-opus-4-6" }), { model: "claude-opus-4-6" });
    const unread = await record({ model: "claude-opus-5-5", listCost: 7n * 10n ** 6n });
    await log(unread, { model: "claude-opus-5-5" });
    await reconciliation.check();
    const gap = { agentName: "scout", heliconeCostNanoUsd: 0n };
    expect((await day()).priceGaps).toEqual([
      expect.objectContaining({ ...gap, model: "claude-opus-4-6", reason: "unpriced", requests: 2 }),
      expect.objectContaining({ ...gap, model: "claude-opus-5-5", reason: "unread", requestId: unread }),
    ]);
  });

  it("leaves out what the gateway refused, and calls that Helicone may not have yet", async () => {
    await record({ outcome: "refused", listCost: 0n });
    await record({ admittedAt: at("24T11:56:00") });
    const running = await record({ admittedAt: at("24T11:40:00"), latencyMs: 18 * 60_000 });
    await log(running, { at: at("24T11:40:00") });
    await reconciliation.check();
    const today = await day(at("24T00:00:00"));
    expect([today.agents, today.checkedUntil]).toEqual([[], at("24T11:55:00")]);
    expect((await day()).agents).toEqual([]);
  });

  it("of an agent counts the calls under the name that it had then", async () => {
    const renamed = await portal.addAgent("old-name");
    const id = await record({ agentId: renamed.id, admittedAt: portal.time.now });
    portal.time.now = at("24T13:00:00");
    await portal.pool.query("UPDATE agent_ownership SET agent_name = 'new-name' WHERE id = $1", [renamed.id]);
    await log(id, { agentName: "old-name", at: NOW });
    await reconciliation.check();
    expect((await day(at("24T00:00:00"))).agents.map(({ agentName }) => agentName)).toEqual(["old-name"]);
  });

  it("is not made again once the day is long over, and made again until then", async () => {
    await reconciliation.check();
    portal.time.now = at("24T12:10:00");
    const before = helicone.received.length;
    await log(await record({ admittedAt: at("24T11:59:00") }), { at: at("24T11:59:00") });
    await reconciliation.check();
    expect((await day(at("24T00:00:00"))).agents).toHaveLength(1);
    expect((await day()).checkedAt).toEqual(NOW);
    expect(helicone.received.length - before).toBeLessThan(5);
  });

  it("goes through a day of more calls than it takes at once", async () => {
    await portal.pool.query(
      `INSERT INTO llm_requests (id, agent_id, admitted_at, model, outcome, priced_as, cost_nano_usd, streamed, is_estimated)
       SELECT gen_random_uuid(), $1, timestamptz '2026-11-23' + n * interval '14 seconds', $2, 'completed', 'list', 1, true, false
       FROM generate_series(1, 6000) AS n`,
      [scout.id, MODEL],
    );
    await reconciliation.check();
    expect((await day()).agents).toEqual([expect.objectContaining({ ledgerRequests: 6_000, missingThere: 6_000 })]);
  });
});

describe("what is kept", () => {
  it("names a thousand of somebody else's rows, and counts them all", async () => {
    await log("64b5fa78-00fb-4083-8dc4-2cfea439c933", { agentName: "wanderer" });
    const [template] = helicone.rows;
    if (template === undefined) throw new Error("nothing was logged");
    const crowd = Array.from({ length: 1_200 }, () => ({ ...template, requestId: randomUUID() }));
    helicone.rows.push(...crowd);
    await reconciliation.check();
    expect((await day()).agents).toEqual([expect.objectContaining({ agentName: "wanderer", missingHere: 1_201 })]);
    const filter = { dayStart: at("23T00:00:00"), agentName: null, kinds: EVERY_KIND };
    expect((await reconciliation.differences(filter, { skip: 990, limit: 50 })).total).toBe(1_000);
  });

  it("is the last 90 days", async () => {
    await reconciliation.check();
    portal.time.now = new Date("2027-02-25T12:00:00Z");
    await reconciliation.check();
    const { rows } = await portal.pool.query("SELECT min(day_start) AS oldest FROM helicone_day_checks");
    expect(rows[0].oldest).toEqual(new Date("2027-02-19T00:00:00Z"));
  });
});

describe("a Helicone that cannot be believed", () => {
  it("changes no comparison, and the reason is told", async () => {
    await log(await record());
    await reconciliation.check();
    const before = await day();
    await helicone.setFaults({ clickhouseDown: true });
    portal.time.now = at("24T12:10:00");
    await reconciliation.check();
    expect(reconciliation.state().problem).toEqual({
      at: portal.time.now,
      reason: "Helicone's ClickHouse does not answer.",
    });
    expect([await day(), await differences()]).toEqual([before, []]);
    await helicone.setFaults({ clickhouseDown: false });
    await reconciliation.check();
    expect(reconciliation.state()).toEqual({ lastCheckAt: portal.time.now, problem: null, isRunning: false });
  });
});

describe("sending again", () => {
  const outbox = async () =>
    (await portal.pool.query("SELECT request_id::text AS id, content, state FROM helicone_outbox ORDER BY 1")).rows;

  it("puts what Helicone lacks back into the outbox, to be asked after before it is posted", async () => {
    const [lacking, alsoLacking] = [await record(), await record()];
    await log(await record());
    await reconciliation.check();
    const scope = { dayStart: at("23T00:00:00"), agentName: null, requestIds: null };
    expect(await reconciliation.resend(admin.actor, scope)).toBe(2);
    expect(await outbox()).toEqual([
      { id: lacking, content: "metadata", state: "unsure" },
      { id: alsoLacking, content: "metadata", state: "unsure" },
    ]);
    expect((await differences(["missing_there"])).map(({ delivery }) => delivery.state)).toEqual([
      "waiting",
      "waiting",
    ]);
    expect((await portal.audit()).at(-1)).toMatchObject({
      actor_name: "Ada",
      action: "helicone.resend",
      after: { requests: 2, day: "2026-11-23" },
    });
  });

  it("leaves alone what is on its way, tries once more what Helicone refused, and does nothing twice", async () => {
    const [waiting, refused] = [await record(), await record()];
    await reconciliation.check();
    await portal.pool.query(
      `INSERT INTO helicone_outbox (request_id, content, state, attempts, last_error)
       VALUES ($1, 'full', 'due', 0, NULL), ($2, 'full', 'rejected', 5, 'Helicone answers 400')`,
      [waiting, refused],
    );
    expect((await differences()).map(({ requestId, delivery }) => [requestId, delivery])).toEqual(
      expect.arrayContaining([
        [waiting, { state: "waiting", error: null }],
        [refused, { state: "rejected", error: "Helicone answers 400" }],
      ]),
    );
    const everything = { dayStart: null, agentName: null, requestIds: null };
    expect(await reconciliation.resend(admin.actor, everything)).toBe(1);
    expect(await outbox()).toEqual([
      { id: waiting, content: "full", state: "due" },
      { id: refused, content: "metadata", state: "unsure" },
    ]);
    expect(await reconciliation.resend(admin.actor, everything)).toBe(0);
  });

  it("can be for one agent or for single calls", async () => {
    const other = await portal.addAgent("digger");
    const [ours, theirs] = [await record(), await record({ agentId: other.id })];
    await reconciliation.check();
    const scope = { dayStart: null, agentName: "digger", requestIds: null };
    expect(await reconciliation.resend(admin.actor, scope)).toBe(1);
    expect((await outbox()).map(({ id }) => id)).toEqual([theirs]);
    expect(await reconciliation.resend(admin.actor, { ...scope, agentName: null, requestIds: [ours] })).toBe(1);
  });
});
