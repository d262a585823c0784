import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A gateway as a process of its own, as in production. */
export type GatewayProcess = {
  pid: number;
  /** Everything it has written to standard output and standard error. */
  output(): string;
  /** Sends the signal and waits for the end; what does not end within ten seconds is killed. */
  end(signal?: NodeJS.Signals): Promise<void>;
};

const ROOT = path.resolve(import.meta.dirname, "../..");
const READY_MS_MAX = 30_000;
const END_MS_MAX = 10_000;

/**
 * Starts the gateway from its source with exactly this environment (and PATH), and waits until it answers. It ends
 * with the process that started it, however that ends.
 * Throws an Error with its output when it ends or does not answer in time.
 */
export async function startGatewayProcess(environment: Record<string, string>, url: string): Promise<GatewayProcess> {
  const env = { PATH: process.env.PATH ?? "/usr/bin:/bin", NODE_ENV: "production" as const, ...environment };
  const args = ["--import", "tsx", "src/gateway/main.ts"];
  const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe", "ipc"] });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const end = async (signal: NodeJS.Signals = "SIGTERM") => {
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), END_MS_MAX);
    await exited;
    clearTimeout(timer);
  };
  if (!(await becomesReady(child, url))) {
    await end("SIGKILL");
    throw new Error(`The gateway did not start:\n${output}`);
  }
  return { pid: child.pid ?? 0, output: () => output, end };
}

async function becomesReady(child: ChildProcess, url: string): Promise<boolean> {
  const deadlineAt = Date.now() + READY_MS_MAX;
  while (Date.now() < deadlineAt && child.exitCode === null && child.signalCode === null) {
    const isUp = await fetch(`${url}/healthz`).then(
      (response) => response.ok,
      () => false,
    );
    if (isUp) return true;
    await sleep(25);
  }
  return false;
}
