import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";

import type { AttemptLog } from "#helicone/log-attempt.ts";
import type { ClaimedLog, LogOutbox, LogSettlement, OutboxFigures } from "#helicone/log-outbox.ts";
import type { LogQueries } from "#helicone/log-queries.ts";
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
  outbox: Omit<LogOutbox, "doubtEndedSince">;
  attempt: AttemptLog;
  queries: LogQueries;
  /** Null: there is none yet. */
  key: () => string | null;
  /** Calls that need their bodies no more. */
  onDelivered: (ids: readonly string[]) => void;
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
/** Helicone is asked how it is when it has not said so for this long. */
const HEALTHY_MS = 10_000;
/** What Helicone may still be taking in is there, or is not, after this. */
const DOUBT_MS = 15_000;
/** A record of metadata that Helicone does not take so often will not be taken. */
const REFUSALS_MAX = 5;

const NO_KEY = "there is no key for Helicone yet";
const NO_DATABASE = "the database cannot be reached";

type State = {
  isStopped: boolean;
  /** Rounds in a row that have met trouble. */
  failures: number;
  failingSince: Date | null;
  lastError: string | null;
  healthyAtMs: number;
};

/**
 * Tells Helicone of the calls in the outbox until it is stopped. While nothing gets through it tries one call at a time, at most
 * 30 s apart; then everything that waits. A call is posted straight away once. It is done with when Helicone, asked after the
 * post, can store things; where it cannot, and after a post whose end is not known, it is asked whether the call is there
 * before the call is posted again.
 */
export function startLogDelivery(parts: Parts): LogDelivery {
  const state: State = { isStopped: false, failures: 0, failingSince: null, lastError: null, healthyAtMs: -Infinity };
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
    const { failures } = state;
    const before = performance.eventLoopUtilization();
    let claimed = 0;
    try {
      await parts.outbox.doubtAbandoned(isStart);
      isStart = false;
      claimed = await deliverRound(parts, state);
    } catch (error) {
      parts.log.warn({ err: error }, "The calls for Helicone cannot be read; trying again");
      fail(parts, state, { failures, error: NO_DATABASE });
    }
    // As long as it has worked, it rests: with a lot to tell it takes half of one processor, and calls have the others.
    const isBusy = claimed === BATCH && state.failures === 0;
    await pause(isBusy ? performance.eventLoopUtilization(before).active : waitMs(state));
  }
}

function waitMs({ failures }: State): number {
  return failures === 0 ? POLL_MS : Math.min(RETRY_MS_MAX, 500 * 2 ** Math.min(failures, 10));
}

/** Notes that a round has met trouble; of one round, once. */
function fail({ log }: Parts, state: State, { failures, error }: { failures: number; error: string }): void {
  if (state.failures === 0) log.warn({ reason: error }, "Helicone cannot be told of calls; they wait");
  state.failures = failures + 1;
  state.failingSince ??= new Date();
  state.lastError = error;
  state.healthyAtMs = -Infinity;
}

function succeed({ log }: Parts, state: State): void {
  if (state.failures > 0) log.info("Helicone is told of calls again");
  state.failures = 0;
  state.failingSince = null;
  state.lastError = null;
  state.healthyAtMs = performance.now();
}

/** Asks after those in doubt, then posts what is due, several at once. Says how many calls it took up. */
async function deliverRound(parts: Parts, state: State): Promise<number> {
  const { outbox } = parts;
  const failuresBefore = state.failures;
  const { hasDue, hasDoubtful, isWaiting } = await outbox.ready();
  if (!isWaiting && failuresBefore > 0) succeed(parts, state);
  if (!hasDue && !hasDoubtful) return 0;
  const key = parts.key();
  if (key === null) {
    fail(parts, state, { failures: failuresBefore, error: NO_KEY });
    return 0;
  }
  const round: Round = { parts, state, failuresBefore, key, taken: [] };
  if (!(await isHealthy(round))) return 0;
  if (hasDoubtful) await askAfter(round, await outbox.claimDoubtful(BATCH));
  const claimed = await outbox.claim(failuresBefore > 0 ? 1 : BATCH);
  const left = [...claimed];
  const lane = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await deliver(round, next);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, lane));
  await confirm(round);
  if (claimed.length > 0 && state.failures === failuresBefore) succeed(parts, state);
  return claimed.length;
}

type Round = {
  parts: Parts;
  state: State;
  failuresBefore: number;
  key: string;
  /** Posted in this round; not settled before Helicone is known to have been able to store them. */
  taken: ClaimedLog[];
};

/** It answers 200 to what it cannot store; so it is asked first, unless it has just shown that it can. */
async function isHealthy({ parts, state, failuresBefore }: Round): Promise<boolean> {
  if (failuresBefore === 0 && performance.now() - state.healthyAtMs < HEALTHY_MS) return true;
  const problem = await parts.queries.problem();
  if (problem !== null) fail(parts, state, { failures: failuresBefore, error: problem });
  return problem === null;
}

async function askAfter({ parts }: Round, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  try {
    const found = await parts.queries.find(ids);
    await parts.outbox.resolveDoubt(
      ids.filter((id) => found.has(id)),
      ids.filter((id) => !found.has(id)),
    );
    parts.onDelivered([...found]);
  } catch (error) {
    // They come up again after a while.
    parts.log.warn({ err: error, calls: ids.length }, "Whether Helicone has some calls could not be asked");
  }
}

async function deliver(round: Round, claimed: ClaimedLog): Promise<void> {
  const { parts, state, failuresBefore } = round;
  const isHopeless = state.isStopped || state.failures > failuresBefore;
  const settlement = isHopeless ? postponed(0, state.lastError ?? "") : await post(round, claimed);
  if (settlement !== null) await settle(parts, [claimed], settlement);
}

/** Null: it was taken, which is settled at the end of the round. */
async function post(round: Round, claimed: ClaimedLog): Promise<LogSettlement | null> {
  const { parts, state, failuresBefore, key, taken } = round;
  const result = await parts.attempt(claimed, key);
  switch (result.outcome) {
    case "writing":
      return postponed(WRITING_MS, "its bodies are still being written");
    case "taken":
      taken.push(claimed);
      return null;
    case "refused":
      return afterRefusal(claimed, result);
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
function afterRefusal(
  { attempts }: ClaimedLog,
  { error, hadBodies }: { error: string; hadBodies: boolean },
): LogSettlement {
  const again = { outcome: "again", error, countsAsAttempt: true } as const;
  if (hadBodies) return { ...again, waitMs: 0, content: "metadata" };
  return attempts >= REFUSALS_MAX ? { outcome: "rejected", error } : { ...again, waitMs: 60_000 * 2 ** attempts };
}

/** What was taken is there if Helicone was in order before and is after; otherwise it may be. */
async function confirm({ parts, state, failuresBefore, taken }: Round): Promise<void> {
  if (taken.length === 0) return;
  const problem = await parts.queries.problem();
  if (problem !== null) {
    fail(parts, state, { failures: failuresBefore, error: problem });
    await settle(parts, taken, { outcome: "unsure", waitMs: DOUBT_MS, error: problem });
    return;
  }
  await settle(parts, taken, { outcome: "there" });
  parts.onDelivered(taken.map(({ call }) => call.id));
}

async function settle(
  { outbox, log }: Parts,
  claimed: readonly ClaimedLog[],
  settlement: LogSettlement,
): Promise<void> {
  try {
    await outbox.settle(claimed, settlement);
  } catch (error) {
    // Their lease ends, and then they are asked after.
    log.warn({ err: error, calls: claimed.length }, "What became of calls for Helicone could not be noted");
  }
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
