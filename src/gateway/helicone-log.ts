import { rm } from "node:fs/promises";
import path from "node:path";

import type pg from "pg";

import type { HeliconeDue, HeliconeReport, LogContent } from "#domain/helicone-log.ts";
import type { BodyKeeper } from "#gateway/call-log.ts";
import { startDeliveryThread } from "#gateway/helicone-delivery.ts";
import type { MessageWay } from "#gateway/message-way.ts";
import { type BodySpool, openBodySpool } from "#helicone/body-spool.ts";
import type { DeliveryFigures } from "#helicone/log-delivery.ts";
import { createLogOutbox, type LogOutbox } from "#helicone/log-outbox.ts";
import type { Log } from "#log.ts";

/** Tells Helicone of calls that it has not seen itself. Nothing here delays a call. */
export type HeliconeLog = BodyKeeper & {
  figures(): Pick<HeliconeReport, "backlog" | "spool">;
  stop(): Promise<void>;
};

type Parts = {
  pool: pg.Pool;
  databaseUrl: string;
  helicone: { url: string; credentialsDir: string; writeKey: string | undefined; spoolMegabytesMax: number };
  dataDir: string;
  /** The file that this process was started with; the delivery's thread runs it too. */
  program: string;
  contentOf: (agentId: number) => LogContent;
  log: Log;
};

type Wanted = LogOutbox["wanted"];

const BYTES_PER_MB = 1_000_000;
const SWEEP_MS = 60_000;
const STOP_MS_MAX = 3_000;

/** Begins after the ledger has what an earlier process left: what it does not want is removed from the spool. */
export async function openHeliconeLog(parts: Parts): Promise<HeliconeLog> {
  const { pool, log, helicone, databaseUrl } = parts;
  const outbox = createLogOutbox(pool);
  const folder = spoolFolder(parts.dataDir);
  const limitBytes = helicone.spoolMegabytesMax * BYTES_PER_MB;
  const spool = await openBodySpool({ folder, limitBytes, log }, (ids) => wantedOrAll(outbox.wanted, ids, log));
  const { url, credentialsDir, writeKey } = helicone;
  const thread = startDeliveryThread({
    program: parts.program,
    task: { databaseUrl, url, credentialsDir, writeKey, spoolFolder: folder },
    onDelivered: spool.remove,
    log,
  });
  const sweep = setInterval(() => void sweepSpool(spool, outbox.wanted, log), SWEEP_MS);
  return {
    contentOf: parts.contentOf,
    record: spool.record,
    figures: () => ({ backlog: toBacklog(thread.figures()), spool: spool.figures() }),
    async stop() {
      clearInterval(sweep);
      await Promise.race([Promise.all([spool.settled(), thread.stop()]), after(STOP_MS_MAX)]);
    },
  };
}

/** Where Helicone has been turned off, bodies that waited for it are nobody's business any more. Never throws. */
export async function removeSpool(dataDir: string, log: Log): Promise<void> {
  await rm(spoolFolder(dataDir), { recursive: true, force: true }).catch((error: unknown) =>
    log.warn({ err: error }, "Bodies that waited for Helicone could not be removed"),
  );
}

function spoolFolder(dataDir: string): string {
  return path.join(dataDir, "helicone-spool");
}

/** What this gateway says of its way to Helicone; null: Helicone is off. */
export function reportHelicone(
  settings: { mode: "log" | "proxy" } | null,
  { heliconeLog, messageWay }: { heliconeLog: HeliconeLog | null; messageWay: MessageWay },
): HeliconeReport | null {
  if (settings === null || heliconeLog === null) return null;
  return { mode: settings.mode, breaker: messageWay.breaker(), ...heliconeLog.figures() };
}

/** What Helicone is to be told of a call whose end only the next process sees. */
export function dueOfLostCall(mode: "log" | "proxy" | null): HeliconeDue | null {
  if (mode === null) return null;
  return mode === "log" ? "metadata" : "ask-first";
}

function toBacklog(figures: DeliveryFigures | null): HeliconeReport["backlog"] {
  if (figures === null) return null;
  const { waiting, unsure, rejected, oldestAt, failingSince, lastError } = figures;
  return {
    waiting,
    oldestAt: oldestAt?.toISOString() ?? null,
    unsure,
    rejected,
    failing: failingSince !== null,
    failingSince: failingSince?.toISOString() ?? null,
    lastError,
  };
}

/** Nothing about Helicone keeps a gateway from starting: what is kept too long is swept later. */
async function wantedOrAll(wanted: Wanted, ids: readonly string[], log: Log): Promise<ReadonlySet<string>> {
  try {
    return await wanted(ids, false);
  } catch (error) {
    log.warn({ err: error }, "Which bodies are still to be delivered could not be read; all are kept");
    return new Set(ids);
  }
}

/** Bodies whose call was found to be in Helicone, was rejected or is to be told as metadata go now, not when room is needed. */
async function sweepSpool(spool: BodySpool, wanted: Wanted, log: Log) {
  const kept = spool.kept();
  if (kept.length === 0) return;
  try {
    const isWanted = await wanted(kept, true);
    spool.remove(kept.filter((id) => !isWanted.has(id)));
  } catch (error) {
    log.debug({ err: error }, "The spool for Helicone could not be swept");
  }
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
