import { setTimeout as sleep } from "node:timers/promises";

import type { AgentRun } from "#agents/process-runtime-run.ts";

export type KeeperOptions = {
  /** @throws Error saying why it does not run */
  launch(): Promise<AgentRun>;
  onRun(run: AgentRun): Promise<void>;
  /** It does not run, for this reason, and will be tried again. */
  onWait(reason: string): Promise<void>;
  /** Ends the keeping, and the run with it. */
  signal: AbortSignal;
};

/** How a try went: it was asked to end, or it does not run for this reason. `error`: it has not even begun. */
type Outcome = { reason: string | null; ranMs: number; error?: unknown };

const PAUSE_MS = 500;
const PAUSE_MS_MAX = 30_000;
/** Whoever ran so long has recovered from what made it die before. */
const STEADY_MS = 60_000;

/**
 * Keeps an agent running: started, and started again whenever it ends, after a pause that doubles while it keeps
 * ending. Resolves when the signal has aborted and nothing runs any more.
 * @throws where the first try is final, what made it fail
 */
export async function keepRunning(options: KeeperOptions, isFirstTryFinal: boolean): Promise<void> {
  const { signal } = options;
  let pauseMs = PAUSE_MS;
  for (let tries = 1; !signal.aborted; tries += 1) {
    const { reason, ranMs, error } = await tryOnce(options);
    if (isFirstTryFinal && tries === 1 && error !== undefined) throw error;
    if (reason === null || signal.aborted) return;
    if (ranMs > STEADY_MS) pauseMs = PAUSE_MS;
    await options.onWait(reason);
    await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => undefined); // asked to end: it ends
    pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX);
  }
}

async function tryOnce({ launch, onRun, signal }: KeeperOptions): Promise<Outcome> {
  const startedAt = Date.now();
  let run: AgentRun;
  try {
    run = await launch();
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error), ranMs: 0, error };
  }
  if (!signal.aborted) await onRun(run);
  return { reason: await endOf(run, signal), ranMs: Date.now() - startedAt };
}

/** Resolves with how the run ended by itself, or with null once it was ended because the signal aborted. */
async function endOf(run: AgentRun, signal: AbortSignal): Promise<string | null> {
  const over = new AbortController();
  const asked = new Promise<null>((resolve) => {
    if (signal.aborted) resolve(null);
    signal.addEventListener("abort", () => resolve(null), { signal: over.signal });
  });
  const how = await Promise.race([run.ended, asked]);
  over.abort();
  if (how === null) await run.stop();
  return how;
}
