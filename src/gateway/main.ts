import { appendFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import type pg from "pg";

import { type Config, ConfigError, readConfig } from "#config.ts";
import { createPool } from "#db.ts";
import { DEFAULT_LOG_CONTENT } from "#domain/helicone-log.ts";
import { rateTokensOf } from "#domain/rate-window.ts";
import { type FolderLock, lockFolder } from "#folder-lock.ts";
import { logAlert } from "#gateway/alert-line.ts";
import { type Door, openBridgeDoors } from "#gateway/bridge-doors.ts";
import { createCallFigures } from "#gateway/call-figures.ts";
import { explainStart } from "#gateway/explain-start.ts";
import { createUpstream } from "#gateway/forward.ts";
import type { Gateway } from "#gateway/gateway.ts";
import { isDeliveryThread, runDeliveryThread } from "#gateway/helicone-delivery.ts";
import { type HeliconeLog, openHeliconeLog, removeSpool, reportHelicone } from "#gateway/helicone-log.ts";
import { reportInstance } from "#gateway/instance-report.ts";
import { createInternalServer } from "#gateway/internal-port.ts";
import { type Journal, openJournal } from "#gateway/journal.ts";
import { createJournalDrain, type JournalDrain } from "#gateway/journal-drain.ts";
import { formatLine } from "#gateway/journal-lines.ts";
import { followConfig, type LiveConfig } from "#gateway/live-config.ts";
import { settleLostCalls } from "#gateway/lost-calls.ts";
import { openAdmission } from "#gateway/open-admission.ts";
import { openMessageWay } from "#gateway/open-message-way.ts";
import { openMetrics } from "#gateway/open-metrics.ts";
import { createPlaces } from "#gateway/places.ts";
import { createGatewayServer } from "#gateway/server.ts";
import { followUnusedConnections } from "#gateway/unused-connections.ts";
import type { BudgetSource } from "#ledger/alert-watch.ts";
import { type SettledCall, toRequestId } from "#ledger/call-record.ts";
import { createLedgerWriter } from "#ledger/ledger-writer.ts";
import { watchBudgets } from "#ledger/watched-budgets.ts";
import type { CallCost } from "#limits/admission.ts";
import { type AgentWatch, watchAgents } from "#limits/agent-watch.ts";
import { createLog, type Log } from "#log.ts";
import { createTelemetryIngest } from "#telemetry/ingest.ts";

/** How long running answers may go on after a request to stop. */
const DRAIN_MS_MAX = 10_000;
const SWEEP_MS = 50;
/** How long PostgreSQL may take to write the last calls, and to end its connections. */
const FLUSH_MS_MAX = 5_000;
const CLOSE_MS_MAX = 2_000;
const POOL_MAX = 4;
const DELIVERY_POOL_MAX = 2;
const TELEMETRY_POOL_MAX = 2;
/** Far longer than a batch takes; a server behind a broken network does not hold up the ledger for longer. */
const QUERY_MS_MAX = 30_000;

/** The composition of the gateway process: everything is built here, once, and handed on. */
async function main(): Promise<void> {
  const config = readConfig();
  const log = createLog("gateway", config.logLevel);
  if (config.databaseUrl === undefined)
    throw new ConfigError(["DATABASE_URL: the gateway needs it. `npm start` sets it."]);
  const { databaseUrl } = config;
  const connect = (max: number) =>
    createPool(databaseUrl, {
      max,
      queryTimeoutMs: QUERY_MS_MAX,
      onError: (error) => log.warn({ err: error }, "A connection to PostgreSQL was lost"),
    });
  const pool = connect(POOL_MAX);
  const journalFolder = path.join(config.dataDir, "journal");
  const lock = await lockFolder(journalFolder);
  const journal = openJournal(journalFolder, log);
  const live = await followConfig({ pool, databaseUrl, log });
  let spentOf: BudgetSource["spentOf"] = () => null; // not known before the ledger is complete
  const drain = createDrain({ journal, live, pool, log, journalFolder, spentOf: (...asked) => spentOf(...asked) });

  // What an earlier process left behind is in the ledger before the first call is admitted.
  const heliconeMode = config.helicone?.mode ?? null;
  settleLostCalls({ journal, prices: live.current().prices, heliconeMode, log });
  await drain.flush();
  const admission = await openAdmission(pool);
  live.onChange(({ limits }) => admission.follow(limits));
  spentOf = admission.spentOf;
  const watch = watchAgents({ pool, log, pausesOnRunaway: (agentId) => pausesOnRunaway(live, agentId) });

  const upstream = createUpstream(config.upstream);
  const gateway: Gateway = {
    log,
    figures: createCallFigures(config.metrics.agentsMax),
    journal,
    admission,
    upstream,
    messageWay: openMessageWay(config, { upstream, live, pool, drain, log }),
    heliconeLog: await openLogging(config, { pool, databaseUrl, live, log }),
    telemetry: createTelemetryIngest({ pool: connect(TELEMETRY_POOL_MAX), log }),
    anthropicApiKey: config.anthropicApiKey,
    idleTimeoutMs: config.upstream.idleTimeoutMs,
    portalUrl: config.portal.url,
    findAgent: (keyHash) => live.current().agentsByKeyHash.get(keyHash),
    prices: () => live.current().prices,
    settle(call, liveCall, then) {
      if (liveCall !== null) admission.settle(liveCall, costOf(call));
      journal.settled(call, then);
      drain.wake();
      gateway.figures.count(call);
    },
    noteRequest: watch.noteRequest,
    inFlight: createPlaces(),
    isStopping: false,
  };
  watch.start();
  await serve(config, { gateway, pool, live, drain, watch, lock });
}

/** Whatever Helicone does not see on its way through, it is told of afterwards. */
async function openLogging(
  { helicone, dataDir }: Config,
  parts: { pool: pg.Pool; databaseUrl: string; live: LiveConfig; log: Log },
): Promise<HeliconeLog | null> {
  if (helicone === null) {
    await removeSpool(dataDir, parts.log);
    return null;
  }
  const contentOf = (agentId: number) => parts.live.current().logContents.get(agentId) ?? DEFAULT_LOG_CONTENT;
  return openHeliconeLog({ ...parts, helicone, dataDir, program: fileURLToPath(import.meta.url), contentOf });
}

type Running = {
  gateway: Gateway;
  pool: pg.Pool;
  live: LiveConfig;
  drain: JournalDrain;
  watch: AgentWatch;
  lock: FolderLock;
};

function costOf(call: SettledCall): CallCost {
  return { cost: call.listCost, outputTokens: call.outputTokens, rateTokens: rateTokensOf(call) };
}

/** As the agent's own budget says; its pool's and the fleet's are not about one agent. */
function pausesOnRunaway(live: LiveConfig, agentId: number): boolean {
  const budgets = live.current().limits.get(agentId)?.budgets ?? [];
  return budgets.some((budget) => budget.key === `agent:${agentId}` && budget.pauseOnRunaway);
}

async function serve(config: Config, running: Running): Promise<void> {
  const { gateway, pool } = running;
  const { log, journal } = gateway;
  const door = createDoor(gateway);
  await listen(door.server, config.gateway);
  const internalServer = await serveInternally(config, running);
  const { port } = door.server.address() as AddressInfo; // listening on TCP, so it is not a path
  const bridges = openBridgeDoors({ pool, log, port, createDoor: () => createDoor(gateway) });
  const holdsAnthropicKey = config.anthropicApiKey !== undefined;
  const report = reportInstance({
    pool,
    log,
    id: `${hostname()}:${port}`,
    holdsAnthropicKey,
    backlog: journal.backlog,
    helicone: () => reportHelicone(config.helicone, gateway),
  });
  log.info({ port, upstream: config.upstream.url }, "The gateway is listening");
  process.send?.({ ready: true, port });

  const stop = async () => {
    if (gateway.isStopping) return;
    gateway.isStopping = true;
    internalServer?.close();
    bridges.stop();
    await Promise.all([door, ...bridges.doors()].map((open) => closeDoor(open, gateway)));
    // Answers whose client has left, and which are heard to their end.
    for (const abandon of gateway.inFlight.all()) abandon("gateway_stopped");
    internalServer?.closeAllConnections();
    report.stop();
    await leave(running);
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  process.on("disconnect", stop);
}

function createDoor(gateway: Gateway): Door {
  const server = createGatewayServer(gateway);
  return { server, closeUnused: followUnusedConnections(server) };
}

/** The portal's own port. Without a token, nobody could be told apart there, so it stays shut. */
async function serveInternally(config: Config, { gateway, live }: Running): Promise<Server | null> {
  const { token, host, port } = config.gatewayInternal;
  if (token === undefined) return null;
  const { log, admission } = gateway;
  const helicone = () => reportHelicone(config.helicone, gateway);
  const metrics = openMetrics(config.metrics.token, { gateway, live, helicone });
  const agentById = (agentId: number) => live.current().agentsById.get(agentId);
  const server = createInternalServer({ log, admission, token, agentById, metrics });
  await listen(server, { host, port });
  return server;
}

async function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
}

/** Lets nobody in and everybody finish; what takes too long is cut. */
async function closeDoor({ server, closeUnused }: Door, gateway: Gateway): Promise<void> {
  // A connection whose answer is complete is kept open for the next request, which will not be served.
  const sweep = setInterval(closeUnused, SWEEP_MS);
  const limit = setTimeout(() => {
    for (const abandon of gateway.inFlight.all()) abandon("gateway_stopped");
    server.closeAllConnections();
  }, DRAIN_MS_MAX);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearInterval(sweep);
  clearTimeout(limit);
}

/** Writes what can be written. What PostgreSQL does not take in time is in the journal, for the next start. */
async function leave({ gateway, pool, live, drain, watch, lock }: Running): Promise<void> {
  const { journal, log } = gateway;
  const isWritten = drain.stop().then(() => drain.flush());
  await Promise.race([
    isWritten,
    sleep(FLUSH_MS_MAX).then(() => Promise.reject(new Error("PostgreSQL takes too long"))),
  ]).catch((error: unknown) => log.warn({ err: error }, "The journal is kept for the next start"));
  journal.close();
  await lock.release();
  await Promise.race([
    Promise.all([
      live.stop(),
      watch.stop(),
      gateway.heliconeLog?.stop(),
      gateway.telemetry.stop(),
      gateway.messageWay.close(),
      gateway.upstream.close(),
      pool.end(),
    ]),
    sleep(CLOSE_MS_MAX),
  ]);
}

type DrainParts = { journal: Journal; live: LiveConfig; pool: pg.Pool; log: Log; journalFolder: string };

function createDrain({ journal, live, pool, log, journalFolder, spentOf }: DrainParts & Pick<BudgetSource, "spentOf">) {
  const agentOf = (agentId: number) => live.current().agentsById.get(agentId);
  return createJournalDrain({
    journal,
    log,
    writer: createLedgerWriter(pool, { budgetsOf: watchBudgets(() => live.current().limits), spentOf }),
    onAlert: (alert) => logAlert(log, alert, agentOf(alert.agentId)?.name),
    onRejected(call, error) {
      appendFileSync(path.join(journalFolder, "rejected.jsonl"), formatLine({ kind: "settled", call }), {
        mode: 0o600,
      });
      log.error(
        { err: error, requestId: toRequestId(call.id) },
        "The ledger does not take a call; it is kept in rejected.jsonl",
      );
    },
  });
}

if (isDeliveryThread()) {
  const log = createLog("gateway", readConfig().logLevel);
  const onError = (error: Error) => log.warn({ err: error }, "A connection to PostgreSQL was lost");
  runDeliveryThread((url) => createPool(url, { max: DELIVERY_POOL_MAX, queryTimeoutMs: QUERY_MS_MAX, onError }), log);
} else {
  main().catch((error: unknown) => {
    process.stderr.write(`${explainStart(error)}\n`);
    process.exit(1);
  });
}
