import path from "node:path";

import type pg from "pg";

import type { HeliconeDue, LogContent } from "#domain/helicone-log.ts";
import { type BacklogFigures, startDeliveryThread } from "#gateway/helicone-delivery.ts";
import { type BodyRecording, type BodySpool, openBodySpool, type SpoolFigures } from "#helicone/body-spool.ts";
import { createLogOutbox } from "#helicone/log-outbox.ts";
import type { Log } from "#log.ts";

/** One call that Helicone will be told of after its end. */
export type CallLog = {
  /** Keeps a piece of the answer, where answers are told. */
  answer(chunk: Buffer): void;
  /** The call is over. What is to be noted with it, so that Helicone hears of it. */
  end(): HeliconeDue;
};

/** Tells Helicone of calls that it has not seen itself. Nothing here delays a call. */
export type HeliconeLog = {
  /** Begins to keep what Helicone is told of the agent's calls. */
  begin(call: { id: string; agentId: number }, request: Buffer): CallLog;
  figures(): { backlog: BacklogFigures | null; spool: SpoolFigures };
  stop(): Promise<void>;
};

type Parts = {
  pool: pg.Pool;
  databaseUrl: string;
  helicone: { url: string; credentialsDir: string; writeKey: string | undefined; spoolBytesMax: number };
  dataDir: string;
  /** The file that this process was started with; the delivery's thread runs it too. */
  program: string;
  contentOf: (agentId: number) => LogContent;
  log: Log;
};

const SWEEP_MS = 60_000;
const STOP_MS_MAX = 3_000;

/** Begins after the ledger has what an earlier process left: what it does not want is removed from the spool. */
export async function openHeliconeLog(parts: Parts): Promise<HeliconeLog> {
  const { pool, log, helicone, databaseUrl } = parts;
  const outbox = createLogOutbox(pool);
  const folder = path.join(parts.dataDir, "helicone-spool");
  const spool = await openBodySpool({ folder, limitBytes: helicone.spoolBytesMax, log }, outbox.wanted);
  const { url, credentialsDir, writeKey } = helicone;
  const thread = startDeliveryThread({
    program: parts.program,
    task: { databaseUrl, url, credentialsDir, writeKey, spoolFolder: folder },
    onDelivered: spool.remove,
    log,
  });
  const sweep = setInterval(() => void sweepSpool(spool, outbox.wanted, log), SWEEP_MS);
  return {
    begin(call, request) {
      const content = parts.contentOf(call.agentId);
      return content === "metadata" ? METADATA_ONLY : toCallLog(content, spool.record(call.id, request));
    },
    figures: () => ({ backlog: thread.figures(), spool: spool.figures() }),
    async stop() {
      clearInterval(sweep);
      await Promise.race([Promise.all([spool.settled(), thread.stop()]), after(STOP_MS_MAX)]);
    },
  };
}

/** What a call leaves behind whose end only the next process sees. */
export function dueOfLostCall(mode: "log" | "proxy" | null): HeliconeDue | null {
  if (mode === null) return null;
  return mode === "log" ? "metadata" : "ask-first";
}

const METADATA_ONLY: CallLog = { answer: () => undefined, end: () => "metadata" };

function toCallLog(content: LogContent, recording: BodyRecording): CallLog {
  return {
    answer: recording.answer,
    end() {
      recording.end();
      return content;
    },
  };
}

/** Bodies whose call was found to be in Helicone, was rejected or is to be told as metadata go now, not when room is needed. */
async function sweepSpool(spool: BodySpool, wanted: (ids: string[]) => Promise<ReadonlySet<string>>, log: Log) {
  const kept = spool.kept();
  if (kept.length === 0) return;
  try {
    const isWanted = await wanted(kept);
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
