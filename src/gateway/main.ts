import { appendFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import path from "node:path";

import type pg from "pg";

import { type Config, ConfigError, readConfig } from "#config.ts";
import { createPool } from "#db.ts";
import { formatUsd } from "#domain/money.ts";
import { UNREPORTED_USAGE } from "#domain/token-usage.ts";
import { createUpstream } from "#gateway/forward.ts";
import type { Gateway } from "#gateway/gateway.ts";
import { reportInstance } from "#gateway/instance-report.ts";
import { type Journal, openJournal } from "#gateway/journal.ts";
import { createJournalDrain, type JournalDrain } from "#gateway/journal-drain.ts";
import { formatLine } from "#gateway/journal-lines.ts";
import { followConfig, type LiveConfig } from "#gateway/live-config.ts";
import { createGatewayServer } from "#gateway/server.ts";
import { settleCall } from "#gateway/settlement.ts";
import type { Alert } from "#ledger/alerts.ts";
import { createLedgerWriter } from "#ledger/ledger-writer.ts";
import { readCurrentSpend } from "#ledger/spend-totals.ts";
import { createLiveAdmission } from "#limits/admission.ts";
import { createLog, type Log } from "#log.ts";

/** How long running answers may go on after a request to stop. */
const DRAIN_MS_MAX = 10_000;
const POOL_MAX = 4;

/** The composition of the gateway process: everything is built here, once, and handed on. */
async function main(): Promise<void> {
  const config = readConfig();
  const log = createLog("gateway", config.logLevel);
  if (config.databaseUrl === undefined)
    throw new ConfigError(["DATABASE_URL: the gateway needs it. `npm start` sets it."]);
  const { databaseUrl } = config;
  const pool = createPool(databaseUrl, {
    max: POOL_MAX,
    onError: (error) => log.warn({ err: error }, "A connection to PostgreSQL was lost"),
  });
  const journalFolder = path.join(config.dataDir, "journal");
  const journal = openJournal(journalFolder, log);
  const live = await followConfig({ pool, databaseUrl, log });
  const drain = createDrain({ journal, live, pool, log, journalFolder });

  // What an earlier process left behind is in the ledger before the first call is admitted.
  settleLostCalls(journal, live, log);
  await drain.flush();
  const admission = createLiveAdmission(await readCurrentSpend(pool, new Date()));

  const gateway: Gateway = {
    log,
    journal,
    admission,
    upstream: createUpstream(config.upstream),
    anthropicApiKey: config.anthropicApiKey,
    portalUrl: config.portal.url,
    findAgent: (keyHash) => live.current().agentsByKeyHash.get(keyHash),
    prices: () => live.current().prices,
    settle(call) {
      admission.settle(call.agentId, call.listCost, call.admittedAt);
      journal.settled(call);
      drain.wake();
    },
    inFlight: new Set(),
  };
  await serve(config, { gateway, pool, live, drain });
}

type Running = { gateway: Gateway; pool: pg.Pool; live: LiveConfig; drain: JournalDrain };

async function serve(config: Config, { gateway, pool, live, drain }: Running): Promise<void> {
  const { log, journal } = gateway;
  const server = createGatewayServer(gateway);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(config.gateway.port, config.gateway.host, resolve);
  });
  const { port } = server.address() as AddressInfo; // listening on TCP, so it is not a path
  const holdsAnthropicKey = config.anthropicApiKey !== undefined;
  const report = reportInstance({
    pool,
    log,
    id: `${hostname()}:${port}`,
    holdsAnthropicKey,
    backlog: journal.backlog,
  });
  log.info({ port, upstream: config.upstream.url }, "The gateway is listening");
  process.send?.({ ready: true, port });

  let isStopping = false;
  const stop = async () => {
    if (isStopping) return;
    isStopping = true;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    const limit = setTimeout(() => {
      for (const abandon of gateway.inFlight) abandon("gateway_stopped");
      server.closeAllConnections();
    }, DRAIN_MS_MAX);
    await closed;
    clearTimeout(limit);
    report.stop();
    await drain.stop();
    await drain.flush().catch((error: unknown) => log.warn({ err: error }, "The journal is kept for the next start"));
    await live.stop();
    journal.close();
    await Promise.all([gateway.upstream.close(), pool.end()]);
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  process.on("disconnect", stop);
}

function createDrain(parts: { journal: Journal; live: LiveConfig; pool: pg.Pool; log: Log; journalFolder: string }) {
  const { journal, live, pool, log, journalFolder } = parts;
  const agentOf = (agentId: number) => live.current().agentsById.get(agentId);
  return createJournalDrain({
    journal,
    log,
    writer: createLedgerWriter(pool, (agentId) => agentOf(agentId)?.budget ?? null),
    onAlert: (alert) => log.warn({ agent: agentOf(alert.agentId)?.name, ...describe(alert) }, sentence(alert)),
    onRejected(call, error) {
      appendFileSync(path.join(journalFolder, "rejected.jsonl"), formatLine({ kind: "settled", call }), {
        mode: 0o600,
      });
      log.error({ err: error, requestId: call.id }, "The ledger does not take a call; it is kept in rejected.jsonl");
    },
  });
}

function settleLostCalls(journal: Journal, live: LiveConfig, log: Log): void {
  for (const { call, start } of journal.lost) {
    const metered = {
      usage: start?.usage ?? UNREPORTED_USAGE,
      model: start?.model ?? null,
      streamedCharacters: 0,
      isComplete: false,
      errorType: null,
    };
    const ending = { kind: "cut", status: null, errorType: "gateway_stopped" } as const;
    const timing = { latencyMs: null, firstByteMs: null, overheadUs: null };
    journal.settled(settleCall({ call, ending, metered, timing, upstreamRequestId: null }, live.current().prices));
  }
  if (journal.lost.length > 0) {
    log.warn(
      { calls: journal.lost.length },
      "Calls that were open when the gateway ended are charged by what is known",
    );
  }
}

function describe(alert: Alert) {
  const { period, thresholdPercent, limit, spent } = alert;
  return { period, thresholdPercent, spent: formatUsd(spent), limit: formatUsd(limit) };
}

function sentence(alert: Alert): string {
  return `An agent has used ${alert.thresholdPercent} % of its limit for the ${alert.period}`;
}

main().catch((error: unknown) => {
  const isExpected = error instanceof ConfigError || (error instanceof Error && "code" in error);
  process.stderr.write(
    `${isExpected && error instanceof Error ? error.message : String(error instanceof Error ? error.stack : error)}\n`,
  );
  process.exit(1);
});
