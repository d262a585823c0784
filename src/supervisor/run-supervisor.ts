import { ConfigError } from "#config.ts";
import { DomainError } from "#domain/errors.ts";
import type { Part, Programs, Stage } from "#supervisor/stage.ts";
import { type Doors, type StartOptions, startAll } from "#supervisor/supervisor.ts";

export type RunOptions = StartOptions & {
  programs: Programs;
  /** Called once everything works. */
  onStarted?: (doors: Doors) => void;
};

/** npm passes on the signal that the terminal has already delivered: the same Ctrl-C arrives twice. */
const SAME_SIGNAL_MS = 500;

/**
 * Runs everything until somebody asks for the end (Ctrl-C, SIGTERM, the terminal closes), then stops it in order: the doors
 * first, the database last. A second Ctrl-C does not wait. Resolves with the exit code.
 */
export async function runSupervisor({ programs, onStarted, ...options }: RunOptions): Promise<number> {
  const stopping = new AbortController();
  const stage: Stage = {
    programs,
    parts: [],
    signal: stopping.signal,
    say: (line) => void process.stdout.write(`${line}\n`),
  };
  let exitCode = 0;
  const fail = (error: unknown) => {
    exitCode = 1;
    process.stderr.write(`${explain(error)}\n`);
    stopping.abort();
  };
  process.on("uncaughtException", fail);
  // A terminal that is gone is no reason to stop: whoever closes it sends SIGHUP for that.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  listenForStop(stage, stopping);
  try {
    const doors = await startAll(stage, options);
    onStarted?.(doors);
    await untilAborted(stopping.signal);
  } catch (error) {
    if (!stopping.signal.aborted) fail(error);
  }
  await stopAll(stage.parts, fail);
  return exitCode;
}

function listenForStop({ parts, say }: Stage, stopping: AbortController): void {
  let firstAt = Number.POSITIVE_INFINITY;
  const onSignal = () => {
    if (!stopping.signal.aborted) {
      firstAt = Date.now();
      say("Stopping… (Ctrl-C again to stop at once)");
      stopping.abort();
    } else if (Date.now() - firstAt > SAME_SIGNAL_MS) {
      for (const part of parts.toReversed()) part.kill();
      process.exit(1);
    }
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
}

async function stopAll(parts: Part[], onError: (error: unknown) => void): Promise<void> {
  for (let part = parts.pop(); part; part = parts.pop()) await part.stop().catch(onError);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
    setInterval(() => undefined, 2 ** 30); // the process must not end while there is something to stop
  });
}

/** What the person at the terminal can act on; of a fault in the program, everything there is. */
function explain(error: unknown): string {
  if (error instanceof ConfigError || error instanceof DomainError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
