import { setTimeout as sleep } from "node:timers/promises";

import { type Dispatcher, Pool } from "undici";

import { metricsExport } from "#testing/telemetry.ts";

import type { ExporterOrder, ExportTally } from "./exporters.ts";

/** So much one export says to have been spent: whole nano-dollars, so that what arrives can be added up exactly. */
const NANO_USD_PER_EXPORT = 1_234_567;
const TOKEN_TYPES = ["input", "output", "cacheRead", "cacheCreation"] as const;
const RETRIES_MAX = 10;

/** Of agents that are told apart by their keys, the same session does no harm. */
const SESSION = "00000000-0000-4000-8000-000000000000";

let isStopping = false;
let running: Promise<ExportTally> | null = null;

process.on("disconnect", () => process.exit(0));
process.on("message", (order: ExporterOrder | "stop") => {
  if (order !== "stop") {
    isStopping = false;
    running = runExporters(order);
    return;
  }
  isStopping = true;
  void running?.then((tally) => process.send?.(tally));
});
process.send?.({ ready: true });

/** Every agent exports at its own instant of each interval, as processes that were started at different times do. */
async function runExporters({ url, keys, everyMs }: ExporterOrder): Promise<ExportTally> {
  const pool = new Pool(url, { connections: keys.length });
  const tally: ExportTally = { exports: 0, retried: 0, failed: 0, costNanoUsd: 0, answeredMs: [] };
  await Promise.all(
    keys.map((key, at) => exportUntilStopped({ pool, key, tally, everyMs }, (everyMs * at) / keys.length)),
  );
  await pool.close();
  return tally;
}

type Exporter = { pool: Pool; key: string; tally: ExportTally; everyMs: number };

async function exportUntilStopped(exporter: Exporter, delayMs: number): Promise<void> {
  await sleep(delayMs);
  while (!isStopping) {
    const beganAtMs = performance.now();
    await exportOnce(exporter);
    await sleep(Math.max(0, exporter.everyMs - (performance.now() - beganAtMs)));
  }
}

/** As exporters do: what was not taken is sent again, the same. */
async function exportOnce({ pool, key, tally, everyMs }: Exporter): Promise<void> {
  const body = JSON.stringify(metricsExport(pointsOf(everyMs)));
  const beganAtMs = performance.now();
  for (let attempt = 0; attempt <= RETRIES_MAX; attempt += 1) {
    const status = await post(pool, key, body);
    if (status === 200) {
      tally.exports += 1;
      tally.costNanoUsd += NANO_USD_PER_EXPORT;
      tally.answeredMs.push(performance.now() - beganAtMs);
      return;
    }
    tally.retried += 1;
    await sleep(1_000);
  }
  tally.failed += 1;
}

async function post(pool: Pool, key: string, body: string): Promise<number> {
  const headers = { "content-type": "application/json", "x-trinity-agent": key };
  const request: Dispatcher.RequestOptions = { method: "POST", path: "/otlp/v1/metrics", headers, body };
  const answer = await pool.request(request).catch(() => null);
  await answer?.body.dump();
  return answer?.statusCode ?? 0;
}

function pointsOf(everyMs: number) {
  const timeNano = BigInt(Date.now()) * 1_000_000n + BigInt(Math.floor(Math.random() * 1_000_000));
  const window = { timeNano, startNano: timeNano - BigInt(everyMs) * 1_000_000n };
  const common = { "session.id": SESSION, model: "claude-haiku-4-5", "user.id": "bench" };
  return [
    { metric: "claude_code.cost.usage", attributes: common, value: NANO_USD_PER_EXPORT / 1e9, ...window },
    ...TOKEN_TYPES.map((type) => ({
      metric: "claude_code.token.usage",
      attributes: { ...common, type },
      value: 100,
      ...window,
    })),
    { metric: "claude_code.active_time.total", attributes: { ...common, type: "cli" }, value: 0.5, ...window },
    { metric: "claude_code.lines_of_code.count", attributes: { ...common, type: "added" }, value: 3, ...window },
  ];
}
