import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import pg from "pg";

import { createVirtualKey } from "#agents/agent-token.ts";
import { createTestDatabase, startTestDatabaseServer } from "#testing/database.ts";

import { startBenchProcess } from "../gateway/bench-process.ts";
import { bundlePrograms } from "../gateway/bundle-programs.ts";
import { createLoad, type Load } from "../gateway/load.ts";
import { startMeasuredGateway } from "../gateway/measured-gateway.ts";
import { type Address, type Percentiles, percentilesOf } from "../gateway/turn.ts";
import { type Exporters, startExporters } from "./exporters.ts";

export type FleetPlan = { agents: number; rounds: number; quietMs: number; exportingMs: number };

/** Calls of one client without exports and with those of the whole fleet, in turns; times in milliseconds, the middle round's. */
export type FleetLoad = {
  quiet: Percentiles;
  exporting: Percentiles;
  calls: { answered: number; failed: number; inLedger: number };
  exports: { answered: number; retried: number; failed: number; perSecond: number; took: Percentiles };
  /** What the exporters were told to have been kept, and what the sums say. */
  told: number;
  kept: number;
};

type CleanUps = (() => Promise<unknown>)[];
type Rig = {
  load: Load;
  to: Address;
  exporters: Exporters;
  keys: string[];
  database: pg.Client;
  readCalls(): Promise<number>;
};

const EXPORT_EVERY_MS = 1_000;
const SCENARIO = { body: "small", answer: "json", concurrency: 1 } as const;
const CALLS_MAX = 10_000_000;

/** A fleet's exports beside calls, on a real gateway with a real PostgreSQL. */
export async function measureFleetLoad(plan: FleetPlan): Promise<FleetLoad> {
  const cleanUps: CleanUps = [];
  try {
    return await measure(await startRig(plan, cleanUps), plan);
  } finally {
    for (const cleanUp of cleanUps.toReversed()) await cleanUp().catch((error: unknown) => console.error(error));
  }
}

async function startRig(plan: FleetPlan, cleanUps: CleanUps): Promise<Rig> {
  const keep = <P extends { end(): Promise<unknown> }>(started: P): P => {
    cleanUps.push(() => started.end());
    return started;
  };
  const folder = await mkdtemp(path.join(os.tmpdir(), "trinity-bench-telemetry-"));
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));
  const programs = await bundlePrograms(folder);
  const node = (program: string) =>
    startBenchProcess({ command: process.execPath, args: [program], ready: "message" }).then(keep);
  const upstream = await node(programs.upstream);
  const load = createLoad(await node(programs.load));
  const server = await startTestDatabaseServer();
  cleanUps.push(() => server.stop());
  const { databaseUrl } = await createTestDatabase(server.serverUrl);
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  keep(database);
  const keys = await addAgents(database, plan.agents);
  const upstreamUrl = `http://127.0.0.1:${upstream.port}`;
  const gateway = keep(await startMeasuredGateway({ program: programs.gateway, folder, databaseUrl, upstreamUrl }));
  const to = {
    url: `http://127.0.0.1:${gateway.process.port}`,
    path: "/v1/messages?beta=true",
    headers: { authorization: `Bearer ${gateway.agentKey}` },
  };
  const readCalls = async () => (await gateway.readLedger()).calls;
  return { load, to, exporters: keep(await startExporters()), keys, database, readCalls };
}

async function addAgents(database: pg.Client, agents: number): Promise<string[]> {
  const created = Array.from({ length: agents }, () => createVirtualKey());
  for (const [at, { hash, hint }] of created.entries()) {
    const insert = "INSERT INTO agent_ownership (agent_name, key_hash, key_hint) VALUES ($1, $2, $3)";
    await database.query(insert, [`exporter-${at}`, hash, hint]);
  }
  return created.map(({ key }) => key);
}

async function measure(rig: Rig, plan: FleetPlan): Promise<FleetLoad> {
  const turn = (durationMs: number) =>
    rig.load.run({ to: rig.to, scenario: SCENARIO, durationMs, callsMin: 100, callsMax: CALLS_MAX });
  const turns = [await turn(plan.quietMs)]; // warms up, and counts among the calls alone
  const [quiet, exporting]: [Percentiles[], Percentiles[]] = [[], []];
  const exports = { answered: 0, retried: 0, failed: 0 };
  const took: number[] = [];
  let told = 0;
  for (let round = 0; round < plan.rounds; round += 1) {
    const alone = await turn(plan.quietMs);
    rig.exporters.start({ url: rig.to.url, keys: rig.keys, everyMs: EXPORT_EVERY_MS });
    const together = await turn(plan.exportingMs);
    const tally = await rig.exporters.stop();
    turns.push(alone, together);
    quiet.push(alone.latency);
    exporting.push(together.latency);
    exports.answered += tally.exports;
    exports.retried += tally.retried;
    exports.failed += tally.failed;
    told += tally.costNanoUsd;
    took.push(...tally.answeredMs);
  }
  const answered = turns.reduce((sum, { answered: calls }) => sum + calls, 0);
  const perSecond = exports.answered / ((plan.rounds * plan.exportingMs) / 1_000);
  return {
    quiet: middleOf(quiet),
    exporting: middleOf(exporting),
    calls: {
      answered,
      failed: turns.reduce((sum, { failed }) => sum + failed, 0),
      inLedger: await ledgerOf(rig, answered),
    },
    exports: { ...exports, perSecond, took: percentilesOf(took) },
    told,
    kept: await keptCost(rig.database),
  };
}

function middleOf(rounds: readonly Percentiles[]): Percentiles {
  return { p50: percentilesOf(rounds.map(({ p50 }) => p50)).p50, p99: percentilesOf(rounds.map(({ p99 }) => p99)).p50 };
}

/** The ledger follows within a second; what is not there after ten is missing. */
async function ledgerOf(rig: Rig, answered: number): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    if ((await rig.readCalls()) >= answered) break;
    await sleep(200);
  }
  return rig.readCalls();
}

async function keptCost(database: pg.Client): Promise<number> {
  const select = "SELECT coalesce(sum(amount), 0)::bigint AS kept FROM telemetry_days WHERE measure = 'cost'";
  const { rows } = await database.query<{ kept: bigint | string }>(select);
  return Number(rows[0]?.kept);
}
