import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

import { DomainError } from "#domain/errors.ts";
import { createBackoff } from "#supervisor/backoff.ts";
import type { ChildRegister } from "#supervisor/child-register.ts";
import { type OpenLog, openLog } from "#supervisor/log-file.ts";
import type { ChildStage } from "#supervisor/stage.ts";

export type ChildProgram = {
  /** As people are told: "gateway". Also the name of its log, with hyphens. */
  name: string;
  /** What Node runs, and from which folder. */
  args: readonly string[];
  cwd: string;
  /** Asked at each start. The child gets these variables and no others. */
  environment(): NodeJS.ProcessEnv;
  logsDir: string;
  /** The address that answers once the child works. Absent: it works as soon as it runs. */
  healthUrl?: string;
  /** How long it may take to finish what it is doing when it is asked to stop. */
  stopTimeoutMs: number;
};

export type SupervisedChild = {
  /** Asks the child to stop, and kills it when its time is up. Resolves when it is gone. */
  stop(): Promise<void>;
  /** Kills it at once. */
  kill(): void;
  /** Kills it so that it is started again, with its environment asked for anew. */
  restart(): void;
};

type Run = { child: ChildProcess; log: OpenLog; startedAt: number; exited: Promise<unknown> };

const START_TIMEOUT_MS = 60_000;
const PROBE_TIMEOUT_MS = 2_000;

/**
 * Starts a child and resolves once it works; from then on it is started again whenever it dies, after a pause that
 * doubles while it keeps dying. Each such event is one line to `say`.
 * @throws DomainError `unavailable` with the child's last words when it does not come up; nothing is left running
 */
export async function superviseChild(
  program: ChildProgram,
  { say, signal, register }: Pick<ChildStage, "say" | "signal" | "register">,
): Promise<SupervisedChild> {
  let run = await startRun(program, register);
  const stopping = new AbortController();
  const problem = await untilWorking(run, program, signal);
  if (problem !== undefined) {
    await endRun(run, 1_000);
    signal.throwIfAborted();
    throw new DomainError(
      "unavailable",
      `The ${program.name} did not start: ${(await run.log.readNew()).trim() || problem}`,
    );
  }
  const watched = keepRunning();
  return {
    async stop() {
      stopping.abort();
      await endRun(run, program.stopTimeoutMs);
      await watched;
    },
    kill() {
      stopping.abort();
      run.child.kill("SIGKILL");
    },
    restart: () => void run.child.kill("SIGTERM"),
  };

  async function keepRunning(): Promise<void> {
    const backoff = createBackoff();
    for (;;) {
      await run.exited;
      if (stopping.signal.aborted) return;
      say(`The ${program.name} ended (${endOf(run.child)}). Starting it again.`);
      await backoff.pause(Date.now() - run.startedAt, stopping.signal);
      if (stopping.signal.aborted) return;
      run = await startRun(program, register);
      const isWorking = (await untilWorking(run, program, stopping.signal)) === undefined;
      if (isWorking) say(`The ${program.name} works again.`);
      else await endRun(run, program.stopTimeoutMs);
    }
  }
}

async function startRun(program: ChildProgram, register: ChildRegister): Promise<Run> {
  const log = await openLog(program.logsDir, program.name.replaceAll(" ", "-"));
  const child = spawn(process.execPath, ["--enable-source-maps", ...program.args], {
    cwd: program.cwd,
    env: program.environment(),
    // Detached: Ctrl-C in the terminal must reach the supervisor only, which stops its children in order.
    detached: true,
    // The channel's end tells the child that the supervisor is gone, even if that was killed.
    stdio: ["ignore", log.fd, log.fd, "ipc"],
  });
  const exited = once(child, "exit").catch(() => undefined);
  child.on("error", () => undefined); // it could not be run, which shows as an exit
  await log.close();
  if (child.pid !== undefined) await register.note(program.name, child.pid);
  return { child, log, startedAt: Date.now(), exited };
}

/** Resolves with nothing once the child answers, else with why it does not. */
async function untilWorking(
  { child, startedAt }: Run,
  { healthUrl }: ChildProgram,
  signal: AbortSignal,
): Promise<string | undefined> {
  while (!hasEnded(child)) {
    if (healthUrl === undefined || (await answers(healthUrl))) return undefined;
    if (signal.aborted) return "it was stopped";
    if (Date.now() - startedAt > START_TIMEOUT_MS) return `${healthUrl} does not answer`;
    await sleep(50);
  }
  return endOf(child);
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) }).catch(() => undefined);
  await response?.body?.cancel();
  return response?.ok ?? false;
}

async function endRun({ child, exited }: Run, timeoutMs: number): Promise<void> {
  if (hasEnded(child)) return;
  child.kill("SIGTERM");
  const isGone = await Promise.race([exited.then(() => true), sleep(timeoutMs, false, { ref: false })]);
  if (isGone) return;
  child.kill("SIGKILL");
  await exited;
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

function endOf(child: ChildProcess): string {
  return child.signalCode ?? `exit code ${child.exitCode}`;
}
