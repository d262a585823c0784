import { promisify } from "node:util";
import { gunzip } from "node:zlib";

import type pg from "pg";

import type { Log } from "#log.ts";
import {
  decodeRequest,
  encodeStatus,
  encodeSuccess,
  type OtlpEncoding,
  type OtlpSignal,
} from "#telemetry/otlp-wire.ts";
import { readLogs } from "#telemetry/read-logs.ts";
import { readMetrics } from "#telemetry/read-metrics.ts";
import type { Report } from "#telemetry/report.ts";
import { type AgentReport, forgetOldReports, writeReports } from "#telemetry/telemetry-writer.ts";

/** One request of an exporter, as its body arrived. */
export type Export = {
  agentId: number;
  signal: OtlpSignal;
  encoding: OtlpEncoding;
  isGzipped: boolean;
  body: Buffer;
};

/** What the exporter is answered, in the encoding that it spoke. */
export type ExportAnswer = { status: number; body: Buffer; retryAfterSeconds: number | null };

export type TelemetryIngest = {
  /** Answers 200 once everything is in the database. Never throws. */
  receive(given: Export): Promise<ExportAnswer>;
  /** Nothing more is taken; what was taken is written, and the connections are let go. */
  stop(): Promise<void>;
};

/** Unpacked: many times what a day of one agent's reports comes to. */
const UNPACKED_BYTES_MAX = 16 * 1024 * 1024;
/** What may wait for the database: more is sent back, to be brought again. */
const WAITING_MAX = 1_000;
const BATCH_MAX = 200;
const RETRY_AFTER_S = 2;
const FORGET_EVERY_MS = 60 * 60 * 1000;

/** gRPC's codes, of which google.rpc.Status is made. */
const CODES = { 400: 3, 413: 8, 503: 14 } as const;

const unpack = promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip);

type Waiting = { report: AgentReport; done: (error: unknown) => void };

/**
 * Takes exports and answers them once they are durable. `pool` is its own: telemetry never waits for a call's connection, nor a call
 * for one of telemetry's. What arrives while the database works is written together with the next
 * batch, so a thousand agents cost as many transactions as one.
 */
export function createTelemetryIngest({
  pool,
  log,
  clock = () => new Date(),
}: {
  pool: pg.Pool;
  log: Log;
  clock?: () => Date;
}): TelemetryIngest {
  const waiting: Waiting[] = [];
  let writing: Promise<void> | null = null;
  let isStopping = false;

  const writeAll = async () => {
    while (waiting.length > 0) await writeBatch(pool, waiting.splice(0, BATCH_MAX), log);
  };
  const keep = (report: AgentReport) =>
    new Promise<void>((resolve, reject) => {
      waiting.push({ report, done: (error) => (error === null ? resolve() : reject(error)) });
      writing ??= writeAll().finally(() => {
        writing = null;
      });
    });
  const forget = setInterval(() => {
    forgetOldReports(pool).catch((error: unknown) => log.warn({ err: error }, "Old telemetry could not be removed"));
  }, FORGET_EVERY_MS);
  forget.unref();

  return {
    async receive(given) {
      const refuse = (status: keyof typeof CODES, message: string): ExportAnswer => ({
        status,
        body: encodeStatus(given.encoding, { code: CODES[status], message }),
        retryAfterSeconds: status === 503 ? RETRY_AFTER_S : null,
      });
      if (isStopping || waiting.length >= WAITING_MAX) return refuse(503, "Too much is waiting. Send it again.");
      const read = await readExport(given, clock());
      if ("status" in read) return refuse(read.status, read.message);
      try {
        if (read.points.length + read.events.length > 0) await keep({ agentId: given.agentId, ...read });
      } catch (error) {
        log.warn({ err: error }, "Telemetry could not be kept");
        return refuse(503, "It could not be kept. Send it again.");
      }
      return { status: 200, body: encodeSuccess(given.signal, given.encoding, read.rejected), retryAfterSeconds: null };
    },

    async stop() {
      isStopping = true;
      clearInterval(forget);
      await writing;
      await pool.end();
    },
  };
}

type Unreadable = { status: 400 | 413; message: string };

async function readExport({ signal, encoding, isGzipped, body }: Export, now: Date): Promise<Report | Unreadable> {
  try {
    const plain = isGzipped ? await unpack(body, { maxOutputLength: UNPACKED_BYTES_MAX }) : body;
    const request = decodeRequest(signal, encoding, plain);
    return signal === "metrics" ? readMetrics(request, now) : readLogs(request, now);
  } catch (error) {
    return isTooLarge(error)
      ? { status: 413, message: "The export is too large when unpacked. Send less at once." }
      : { status: 400, message: `This is no OTLP export of ${signal} in ${encoding}.` };
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
}

/** One report that cannot be written does not keep back the others of its batch. */
async function writeBatch(pool: pg.Pool, batch: readonly Waiting[], log: Log): Promise<void> {
  try {
    await writeReports(
      pool,
      batch.map(({ report }) => report),
    );
    for (const { done } of batch) done(null);
  } catch (error) {
    if (batch.length === 1) return batch[0]?.done(error);
    log.warn({ err: error }, "A batch of telemetry could not be written; its reports are written one by one");
    for (const one of batch) await writeBatch(pool, [one], log);
  }
}
