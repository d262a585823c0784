import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { INTERRUPT } from "#agent-server/claude-command.ts";
import { createLineSplitter } from "#agent-server/line-splitter.ts";
import { findProcesses, killProcesses, sendSignal } from "#process-table.ts";

export type ProcessOptions = {
  program: string;
  args: readonly string[];
  cwd: string;
  environment: Readonly<Record<string, string>>;
  /** Put into the environment of this process and of all that it starts. */
  turnId: string;
  input: string;
  /** Takes a line of output and says whether it is the last that matters. */
  onLine(line: string): "last" | "more";
};

export type ProcessEnd = {
  exitCode: number | null;
  signal: string | null;
  /** The last of what it printed as errors. */
  stderr: string;
  /** Set when it could not even be started. */
  startError: string | null;
};

export type ClaudeProcess = {
  /**
   * Resolves with null at the line that is the last; from then on it has a moment to end, which is enforced on all
   * that it started. Resolves with its end when that comes first.
   */
  lastLine: Promise<ProcessEnd | null>;
  /** Resolves when it is gone. */
  ended: Promise<ProcessEnd>;
  /** Makes it stop: asks, then signals, then kills, with all that it started. Resolves when it is gone. */
  stop(): Promise<void>;
};

const LINE_LENGTH_MAX = 32 * 1024 * 1024;
const STDERR_LENGTH_MAX = 4_000;
/** Telemetry is sent off at the end, which a slow receiver can draw out. */
const FINISH_MS = 5_000;
const INTERRUPT_MS = 3_000;
const TERMINATE_MS = 2_000;
const DRAIN_MS = 500;

/** Starts Claude Code for one turn, in a process group of its own. */
export function startClaude(options: ProcessOptions): ClaudeProcess {
  const variable = `TRINITY_AGENT_TURN=${options.turnId}`;
  const child = launch(options);
  let stderr = "";
  let startError: string | null = null;
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-STDERR_LENGTH_MAX);
  });
  child.once("error", (error) => {
    startError = error.message;
  });
  const isLast = readLines(child, options.onLine);
  const ended = untilEnded(child).then(() => ({
    exitCode: child.exitCode,
    signal: child.signalCode,
    stderr,
    startError,
  }));
  const endsWithin = (ms: number) => Promise.race([ended.then(() => true), sleep(ms, false, { ref: false })]);

  async function force(): Promise<void> {
    const family = await findProcesses({ variable, rootPid: child.pid });
    signalGroup(child, "SIGTERM");
    if (!(await endsWithin(TERMINATE_MS))) signalGroup(child, "SIGKILL");
    // Its commands run in sessions of their own, which no signal to the group reaches.
    await killProcesses({ variable }, family);
    await ended;
  }

  async function enforceEnd(): Promise<void> {
    child.stdin?.end();
    if (!(await endsWithin(FINISH_MS))) await force();
  }

  void isLast.then(enforceEnd);
  return {
    lastLine: Promise.race([isLast.then(() => null), ended]),
    ended,
    async stop() {
      if (child.stdin?.writable) child.stdin.end(INTERRUPT);
      if (!(await endsWithin(INTERRUPT_MS))) await force();
    },
  };
}

function launch(options: ProcessOptions): ChildProcess {
  const variables = { ...options.environment, TRINITY_AGENT_TURN: options.turnId };
  const env = variables as unknown as NodeJS.ProcessEnv; // Next's types demand a NODE_ENV, which is not the CLI's
  const child = spawn(options.program, options.args, {
    cwd: options.cwd,
    env,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin?.on("error", () => undefined); // it has ended, which its end tells
  child.stdin?.write(options.input);
  return child;
}

/** Hands on the lines of output; resolves at the last that matters, if there is one. */
function readLines(child: ChildProcess, onLine: ProcessOptions["onLine"]): Promise<void> {
  return new Promise((resolve) => {
    const lines = createLineSplitter(LINE_LENGTH_MAX, (line) => {
      if (onLine(line) === "last") resolve();
    });
    child.stdout?.setEncoding("utf8").on("data", lines.push).on("end", lines.finish);
  });
}

/** A command that it leaves behind may hold its pipes open for ever; after its end there is little left to read. */
async function untilEnded(child: ChildProcess): Promise<void> {
  const drained = once(child, "exit").then(() => sleep(DRAIN_MS, undefined, { ref: false }));
  await Promise.race([once(child, "close"), drained]).catch(() => undefined); // it could not be started
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid !== undefined) sendSignal(-child.pid, signal);
}
