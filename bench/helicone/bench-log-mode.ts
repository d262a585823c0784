import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { loadavg, tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import pg from "pg";

import { createTestDatabase, startTestDatabaseServer } from "#testing/database.ts";

import type { Scenario } from "../gateway/bench-plan.ts";
import { nameOf } from "../gateway/bench-plan.ts";
import { startBenchProcess } from "../gateway/bench-process.ts";
import { bundlePrograms } from "../gateway/bundle-programs.ts";
import { createLoad, type Load } from "../gateway/load.ts";
import { type MeasuredGateway, startMeasuredGateway } from "../gateway/measured-gateway.ts";
import { processorMicroseconds } from "../gateway/process-usage.ts";

/**
 * `npm run bench:log-mode`: what telling Helicone of calls costs the calls themselves. Three gateways take turns with the same load:
 * Helicone off, log mode with metadata, log mode with full bodies. Prints the client's median and 99th percentile and the
 * gateway's processor time per call (with the delivery's thread), each the median of all rounds.
 */
const CONTENTS = ["off", "metadata", "full"] as const;
type Content = (typeof CONTENTS)[number];

const ROUNDS = 7;
const SCENARIOS: readonly Scenario[] = [
  { body: "small", answer: "json", concurrency: 1 },
  { body: "small", answer: "sse", concurrency: 1 },
  { body: "large", answer: "sse", concurrency: 1 },
  { body: "small", answer: "sse", concurrency: 64 },
  { body: "large", answer: "sse", concurrency: 64 },
];

type Measured = { content: Content; database: pg.Client; gateway: MeasuredGateway; answered: number };
type Figures = { p50: number[]; p99: number[]; cpuUs: number[] };

async function main(): Promise<void> {
  const cleanUps: (() => unknown)[] = [];
  try {
    const { load, gateways } = await startAll(cleanUps);
    for (const scenario of SCENARIOS) {
      const figures = await measure(load, gateways, scenario);
      console.log(
        `${nameOf(scenario).padEnd(16)} ${CONTENTS.map((content) => describe(content, figures)).join("   ")}`,
      );
    }
    console.log(`load average ${loadavg()[0]?.toFixed(1)}`);
  } finally {
    for (const cleanUp of cleanUps.toReversed()) await cleanUp();
  }
}

async function startAll(cleanUps: (() => unknown)[]): Promise<{ load: Load; gateways: Measured[] }> {
  const folder = await mkdtemp(path.join(tmpdir(), "trinity-bench-helicone-"));
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));
  const programs = await bundlePrograms(folder);
  const start = (program: string) =>
    startBenchProcess({ command: process.execPath, args: [program], ready: "message" });
  const upstream = await start(programs.upstream);
  const loading = await start(programs.load);
  cleanUps.push(upstream.end, loading.end);
  const server = await startTestDatabaseServer();
  cleanUps.push(() => server.stop());
  const heliconeUrl = await startSink(cleanUps);
  const gateways: Measured[] = [];
  for (const content of CONTENTS) {
    const { databaseUrl } = await createTestDatabase(server.serverUrl);
    const gateway = await startMeasuredGateway({
      program: programs.gateway,
      folder: path.join(folder, content),
      databaseUrl,
      upstreamUrl: `http://127.0.0.1:${upstream.port}`,
      env: content === "off" ? {} : heliconeSettings(heliconeUrl),
    });
    cleanUps.push(gateway.end);
    const database = new pg.Client({ connectionString: databaseUrl });
    await database.connect();
    cleanUps.push(() => database.end());
    if (content !== "off") await database.query("UPDATE agent_ownership SET helicone_log_content = $1", [content]);
    gateways.push({ content, database, gateway, answered: 0 });
  }
  return { load: createLoad(loading), gateways };
}

function heliconeSettings(url: string): Record<string, string> {
  return {
    HELICONE_ENABLED: "true",
    HELICONE_URL: url,
    HELICONE_WRITE_KEY: "sk-helicone-bench00-0000000-0000000-0000001",
  };
}

/** Waits until Helicone has been told of everything, so that it is told in nobody else's turn. */
async function untilTold(database: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await database.query("SELECT FROM helicone_outbox LIMIT 1");
    if (rows.length === 0) return;
    await sleep(20);
  }
}

/** A Helicone that takes everything and keeps nothing. */
async function startSink(cleanUps: (() => unknown)[]): Promise<string> {
  const sink = createServer((request, response) => {
    request.resume();
    request.on("end", () => {
      const isLog = request.url?.endsWith("/log") === true;
      if (!isLog) response.setHeader("content-type", "application/json");
      response.end(isLog ? "" : '{"data":[],"error":null}');
    });
  });
  await new Promise<void>((resolve) => sink.listen(0, "127.0.0.1", resolve));
  cleanUps.push(() => {
    sink.close();
    sink.closeAllConnections();
  });
  const { port } = sink.address() as AddressInfo; // listening on TCP, so it is not a path
  return `http://127.0.0.1:${port}`;
}

async function measure(load: Load, gateways: readonly Measured[], scenario: Scenario) {
  const figures = new Map<Content, Figures>(CONTENTS.map((content) => [content, { p50: [], p99: [], cpuUs: [] }]));
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const measured of gateways) {
      const { process: gateway, agentKey } = measured.gateway;
      const to = {
        url: `http://127.0.0.1:${gateway.port}`,
        path: "/v1/messages?beta=true",
        headers: { authorization: `Bearer ${agentKey}` },
      };
      const cpuBefore = await processorMicroseconds(gateway.pid);
      const turn = await load.run({ to, scenario, durationMs: 600, callsMin: 20, callsMax: 100_000 });
      if (turn.failed > 0) throw new Error(`${measured.content}: ${turn.failed} calls failed: ${turn.firstFailure}`);
      measured.answered += turn.answered;
      await measured.gateway.drained(measured.answered);
      await untilTold(measured.database);
      const cpuAfter = await processorMicroseconds(gateway.pid);
      const kept = figures.get(measured.content);
      if (round < 0 || kept === undefined) continue; // warming up
      kept.p50.push(turn.latency.p50);
      kept.p99.push(turn.latency.p99);
      if (cpuBefore !== null && cpuAfter !== null) kept.cpuUs.push((cpuAfter - cpuBefore) / turn.answered);
    }
  }
  return figures;
}

function describe(content: Content, figures: ReadonlyMap<Content, Figures>): string {
  const { p50 = [], p99 = [], cpuUs = [] } = figures.get(content) ?? {};
  return `${content}: p50 ${median(p50).toFixed(2)} p99 ${median(p99).toFixed(2)} ms, ${Math.round(median(cpuUs))} µs/call`;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

await main();
