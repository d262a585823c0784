import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

/** A process that the bench started, listening on a port of the loopback interface (0: it serves nothing). */
export type BenchProcess = { child: ChildProcess; pid: number; port: number; end(): Promise<void> };

export type Start = {
  command: string;
  args: readonly string[];
  env?: Record<string, string>;
  /** How to tell that it serves: it says so itself over IPC, or it answers on this port. */
  ready: "message" | { port: number };
};

const READY_MS_MAX = 30_000;
const END_MS_MAX = 15_000;
const OUTPUT_CHARACTERS_MAX = 20_000;

/**
 * Starts a program, as in production, with this environment and PATH only, and waits until it serves. It is detached: Ctrl-C in the
 * terminal reaches the bench alone, which ends it. Throws an Error with its output when it does not come up.
 */
export async function startBenchProcess({ command, args, env, ready }: Start): Promise<BenchProcess> {
  const child: ChildProcess = spawn(command, args, {
    env: { PATH: process.env.PATH ?? "/usr/bin:/bin", NODE_ENV: "production", ...env },
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    serialization: "advanced", // numbers that are none stay so
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-OUTPUT_CHARACTERS_MAX);
    });
  }
  const exited = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("exit", () => resolve());
  });
  const end = async () => {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), END_MS_MAX);
    await exited;
    clearTimeout(timer);
  };
  const port = await Promise.race([
    ready === "message" ? readyMessage(child) : answering(ready.port),
    exited.then(() => null),
    sleep(READY_MS_MAX, null, { ref: false }),
  ]);
  if (port === null) {
    await end();
    throw new Error(`${[command, ...args].join(" ")} did not start:\n${output}`);
  }
  return { child, pid: child.pid ?? 0, port, end };
}

function readyMessage(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once("message", (message: { port?: number }) => resolve(message.port ?? 0));
  });
}

async function answering(port: number): Promise<number | null> {
  const deadlineAt = Date.now() + READY_MS_MAX;
  while (Date.now() < deadlineAt) {
    const isUp = await fetch(`http://127.0.0.1:${port}/`, { method: "HEAD" }).then(
      () => true,
      () => false,
    );
    if (isUp) return port;
    await sleep(50);
  }
  return null;
}
