import type pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";

import { createPool } from "#db.ts";
import { createHeliconeClient } from "#helicone/helicone-client.ts";
import { createLogAttempts } from "#helicone/log-attempt.ts";
import { startLogDelivery } from "#helicone/log-delivery.ts";
import { createLogOutbox } from "#helicone/log-outbox.ts";
import { createLogQueries } from "#helicone/log-queries.ts";
import { createLogPoster } from "#helicone/post-log.ts";
import { callId, SILENT } from "#testing/calls.ts";
import { logToHelicone } from "#testing/helicone-log.ts";
import { createTestPortal, type TestPortal } from "#testing/portal.ts";
import { type HeliconeStandIn, startHeliconeStandIn } from "../../e2e/helicone/helicone-stand-in.ts";

const NOW = new Date("2026-11-24T12:00:00Z");
const AT = new Date("2026-11-23T10:00:00Z");
const SCOPE = { dayStart: null, agentName: null, requestIds: null };

let helicone: HeliconeStandIn;
let portal: TestPortal;
let pool: pg.Pool;
let stopDelivery: () => Promise<void>;
beforeAll(async () => {
  helicone = await startHeliconeStandIn({ upstreamUrl: "http://127.0.0.1:9", faults: { indexDelayMs: 0 } });
  const key = helicone.createKey("rw");
  const settings = { HELICONE_ENABLED: "true", HELICONE_URL: helicone.jawnUrl, HELICONE_API_KEY: key };
  portal = await createTestPortal(NOW, { settings });
  pool = createPool(portal.pool.options.connectionString ?? "", { max: 4, onError: () => undefined });
  stopDelivery = startGatewaysDelivery(key);
});
afterAll(async () => {
  await stopDelivery();
  await pool.end();
  await portal.close();
  await helicone.close();
});

/** The delivery as the gateway runs it; it has no bodies of these calls. */
function startGatewaysDelivery(key: string): () => Promise<void> {
  const poster = createLogPoster(helicone.jawnUrl, 2);
  const bodies = { size: async () => "none" as const, read: async () => null };
  const delivery = startLogDelivery({
    outbox: createLogOutbox(pool),
    attempt: createLogAttempts({ post: poster.post, bodies, log: SILENT }),
    queries: createLogQueries(createHeliconeClient({ url: helicone.jawnUrl, apiKey: () => key })),
    key: () => key,
    onDelivered: () => undefined,
    onFigures: () => undefined,
    log: SILENT,
  });
  return async () => {
    await delivery.stop();
    await poster.close();
  };
}

async function day() {
  const { reconciliation } = portal.platform;
  if (reconciliation === null) throw new Error("Helicone is off");
  await reconciliation.check();
  return (await reconciliation.days(7)).find((check) => check.dayStart < AT && check.agents.length > 0)?.agents;
}

const waiting = async () => (await pool.query("SELECT count(*)::int AS n FROM helicone_outbox")).rows[0].n;

it("what Helicone lost is there after one click, what came meanwhile not twice, and then both agree", async () => {
  const admin = await portal.addPerson("Ada", "admin");
  const agent = await portal.addAgent("scout");
  const ids = Array.from({ length: 60 }, (_, index) => callId(index + 1));
  const call = { agentId: agent.id, admittedAt: AT, listCost: 4_650_000n };
  const counts = {
    model: "claude-sonnet-4-20250514",
    inputTokens: 1_000,
    outputTokens: 100,
    cacheReadInputTokens: 500,
  };
  await portal.record(...ids.map((id) => ({ ...call, ...counts, id })));
  expect(await day()).toMatchObject([{ ledgerRequests: 60, missingThere: 60, heliconeRequests: 0 }]);

  const meanwhile = ids[7] ?? "";
  await logToHelicone(helicone, { id: meanwhile, agentName: "scout", at: AT });
  expect(await portal.platform.reconciliation?.resend(admin.actor, SCOPE)).toBe(60);
  await expect.poll(waiting, { timeout: 60_000, interval: 200 }).toBe(0);

  expect(helicone.rows.map((row) => row.requestId).toSorted()).toEqual(ids);
  expect(await day()).toMatchObject([
    { ledgerRequests: 60, heliconeRequests: 60, missingThere: 0, repeatedThere: 0, pricedDifferently: 0 },
  ]);
  expect(await portal.platform.reconciliation?.resend(admin.actor, SCOPE)).toBe(0);
  expect(helicone.violations()).toEqual([]);
});
