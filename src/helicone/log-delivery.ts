import { setTimeout as sleep } from "node:timers/promises";

import { lesserContent } from "#domain/helicone-log.ts";
import type { ClaimedLog, LogOutbox, LogSettlement, OutboxFigures } from "#helicone/log-outbox.ts";
import { type CallBodies, type LoggedCall, type LogRecord, toLogRecord } from "#helicone/log-record.ts";
import type { PostOutcome } from "#helicone/post-log.ts";
import type { Log } from "#log.ts";

/** What is known of the way to Helicone. */
export type DeliveryFigures = OutboxFigures & {
  /** Since when nothing gets through, and why; null: it does, as far as is known. */
  failingSince: Date | null;
  lastError: string | null;
};

export type LogDelivery = {
  /** Looks at once whether there is something to post. */
  wake(): void;
  /** Takes up nothing more; resolves when what is on its way has ended. */
  stop(): Promise<void>;
};

type Parts = {
  outbox: LogOutbox;
  post: (record: LogRecord) => Promise<PostOutcome>;
  bodies: {
    size(id: string): Promise<number | "writing" | "none">;
    read(id: string): Promise<CallBodies | null>;
  };
  /** Null: there is none yet. */
  writeKey: () => string | null;
  /** Calls that need their bodies no more. */
  onDelivered: (ids: string[]) => void;
  onFigures: (figures: DeliveryFigures) => void;
  log: Log;
};

const BATCH = 100;
const CONCURRENCY = 8;
const POLL_MS = 1_000;
const FIGURES_MS = 5_000;
const TIDY_MS = 60_000;
const RETRY_MS_MAX = 30_000;
/** Bodies that are still being written are waited for by this much at a time. */
const WRITING_MS = 500;
const WRITING_MS_MAX = 5 * 60_000;
/** A larger one is not sent: Helicone takes 50 MB. */
const BODY_BYTES_MAX = 40 * 1024 * 1024;
/** Above this, one at a time. */
const LARGE_BODY_BYTES = 4 * 1024 * 1024;
/** How long a call is doubted after Helicone gave no proper answer to it. */
const DOUBT_MS = 15_000;
/** A record of metadata that Helicone does not take so often will not be taken. */
const REFUSALS_MAX = 5;
/** Bodies that Helicone has failed on so often may be why it fails. */
const BODY_ATTEMPTS_MAX = 4;

const NO_KEY = "there is no key for Helicone yet";

type State = {
  isStopped: boolean;
  /** Batches in a row that have met trouble on Helicone's side, or the database's. */
  failures: number;
  failingSince: Date | null;
  lastError: string | null;
};

/**
 * Posts the outbox to Helicone until it is stopped. While nothing gets through it tries one call at a time, at most 30 s apart;
 * then everything that waits. Each call is posted straight away once; after a post whose end is not known, somebody has to ask
 * whether it is there before it is due again.
 */
export function startLogDelivery(parts: Parts): LogDelivery {
  const state: State = { isStopped: false, failures: 0, failingSince: null, lastError: null };
  let interrupt = new AbortController();
  const pause = async (delayMs: number) => {
    interrupt = new AbortController();
    if (!state.isStopped) await sleep(delayMs, undefined, { signal: interrupt.signal }).catch(() => undefined); // woken
  };
  const delivering = deliverUntilStopped(parts, state, pause);
  const tell = () => void tellFigures(parts, state);
  const timers = [setInterval(tell, FIGURES_MS), setInterval(() => void tidy(parts), TIDY_MS)];
  tell();
  return {
    wake() {
      if (state.failures === 0) interrupt.abort();
    },
    async stop() {
      state.isStopped = true;
      for (const timer of timers) clearInterval(timer);
      interrupt.abort();
      await delivering;
    },
  };
}

async function deliverUntilStopped(parts: Parts, state: State, pause: (delayMs: number) => Promise<void>) {
  let isStart = true;
  while (!state.isStopped) {
    try {
      await parts.outbox.doubtAbandoned(isStart);
      isStart = false;
      const claimed = await deliverBatch(parts, state);
      if (claimed < BATCH) await pause(waitMs(state));
    } catch (error) {
      parts.log.warn({ err: error }, "The calls for Helicone cannot be read; trying again");
      fail(parts, state, { failures: state.failures, error: "the database cannot be reached" });
      await pause(waitMs(state));
    }
  }
}

function waitMs({ failures }: State): number {
  return failures === 0 ? POLL_MS : Math.min(RETRY_MS_MAX, 500 * 2 ** Math.min(failures, 10));
}

/** Notes that a batch has met trouble; of one batch, once. */
function fail({ log }: Parts, state: State, { failures, error }: { failures: number; error: string }): void {
  if (state.failures === 0) log.warn({ reason: error }, "Helicone cannot be told of calls; they wait");
  state.failures = failures + 1;
  state.failingSince ??= new Date();
  state.lastError = error;
}

function succeed({ log }: Parts, state: State): void {
  if (state.failures > 0) log.info("Helicone is told of calls again");
  state.failures = 0;
  state.failingSince = null;
  state.lastError = null;
}

/** Posts what is due, several at once, and says how many calls it took up. */
async function deliverBatch(parts: Parts, state: State): Promise<number> {
  const failuresBefore = state.failures;
  const writeKey = parts.writeKey();
  if (writeKey === null) {
    fail(parts, state, { failures: failuresBefore, error: NO_KEY });
    return 0;
  }
  const claimed = await parts.outbox.claim(failuresBefore > 0 ? 1 : BATCH);
  const left = [...claimed];
  const batch: Batch = { parts, state, failuresBefore, writeKey, inTurn: createTurns() };
  const lane = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await deliver(batch, next);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, lane));
  return claimed.length;
}

type Batch = { parts: Parts; state: State; failuresBefore: number; writeKey: string; inTurn: Turns };

async function deliver(batch: Batch, claimed: ClaimedLog): Promise<void> {
  const { parts, state, failuresBefore } = batch;
  const isHopeless = state.isStopped || state.failures > failuresBefore;
  const settlement = isHopeless ? postponed(0, state.lastError ?? "") : await attempt(batch, claimed);
  try {
    await parts.outbox.settle(claimed, settlement);
    if (settlement.outcome === "there") parts.onDelivered([claimed.call.id]);
  } catch (error) {
    // Its lease ends, and then it is asked for.
    parts.log.warn({ err: error, requestId: claimed.call.id }, "What became of a call for Helicone could not be noted");
  }
}

async function attempt(batch: Batch, claimed: ClaimedLog): Promise<LogSettlement> {
  const { parts, state, failuresBefore } = batch;
  const size = await sizeOfBodies(parts, claimed);
  if (size === "writing") return postponed(WRITING_MS, "its bodies are still being written");
  const post = async () => {
    const bodies = size === "none" ? null : await parts.bodies.read(claimed.call.id);
    return { hasBodies: bodies !== null, ...(await parts.post(recordOf(batch, claimed, bodies))) };
  };
  const result = await (size !== "none" && size > LARGE_BODY_BYTES ? batch.inTurn(post) : post());
  switch (result.outcome) {
    case "taken":
      succeed(parts, state);
      return { outcome: "there" };
    case "refused":
      return afterRefusal(claimed, result.error, result.hasBodies);
    case "unsent":
    case "closed":
      fail(parts, state, { failures: failuresBefore, error: result.error });
      return postponed(0, result.error);
    case "unknown":
      fail(parts, state, { failures: failuresBefore, error: result.error });
      return { outcome: "unsure", waitMs: DOUBT_MS, error: result.error };
  }
}

function postponed(delayMs: number, error: string): LogSettlement {
  return { outcome: "again", waitMs: delayMs, error, countsAsAttempt: false };
}

/** Without its bodies it may be taken at once; what is not taken even so is tried a few times more. */
function afterRefusal({ attempts }: ClaimedLog, error: string, hadBodies: boolean): LogSettlement {
  const again = { outcome: "again", error, countsAsAttempt: true } as const;
  if (hadBodies) return { ...again, waitMs: 0, content: "metadata" };
  return attempts >= REFUSALS_MAX ? { outcome: "rejected", error } : { ...again, waitMs: 60_000 * 2 ** attempts };
}

/** `none` as well where they are not to be sent. */
async function sizeOfBodies(parts: Parts, { call, permission, attempts }: ClaimedLog) {
  const content = lesserContent(permission.promised, permission.now);
  if (content === "metadata" || attempts > BODY_ATTEMPTS_MAX) return "none";
  const size = await parts.bodies.size(call.id);
  if (size === "writing") return isLongOver(call) ? "none" : size;
  return size === "none" || size > BODY_BYTES_MAX ? "none" : size;
}

function isLongOver({ admittedAt, latencyMs }: LoggedCall): boolean {
  return Date.now() - admittedAt.getTime() - (latencyMs ?? 0) > WRITING_MS_MAX;
}

/** Bodies are whatever an agent and a model say: what cannot be worked through is left out. */
function recordOf({ parts, writeKey }: Batch, claimed: ClaimedLog, bodies: CallBodies | null): LogRecord {
  const { call, permission } = claimed;
  try {
    return toLogRecord(call, bodies, { permission, writeKey });
  } catch (error) {
    parts.log.warn({ requestId: call.id, reason: String(error) }, "Helicone is told of a call without its bodies");
    return toLogRecord(call, null, { permission, writeKey });
  }
}

type Turns = <T>(step: () => Promise<T>) => Promise<T>;

/** One step after the other. */
function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return (step) => {
    const next = last.then(step);
    last = next.catch(() => undefined); // whoever asked for it hears of it
    return next;
  };
}

async function tellFigures({ outbox, onFigures, log }: Parts, { failingSince, lastError }: State): Promise<void> {
  try {
    onFigures({ ...(await outbox.figures()), failingSince, lastError });
  } catch (error) {
    log.debug({ err: error }, "The calls that wait for Helicone could not be counted");
  }
}

async function tidy({ outbox, log }: Parts): Promise<void> {
  await outbox.expire().catch((error: unknown) => log.debug({ err: error }, "Old calls for Helicone are still kept"));
}
