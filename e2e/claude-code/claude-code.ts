import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import { type JsonObject, parseJson, toObject } from "../anthropic/json.ts";
import { type ClaudeCodeVersion, ensureClaudeCode } from "./ensure-claude-code.ts";

export type ClaudeOptions = {
  version: ClaudeCodeVersion;
  args: readonly string[];
  /** On top of a minimal environment: nothing of the caller's own settings or credentials reaches the CLI. */
  env: Record<string, string>;
  /** Default: an empty temporary folder, as is `home`. */
  cwd?: string;
  home?: string;
  /** Default 60 s; then the CLI is killed. */
  timeoutMs?: number;
};

export type ClaudeResult = {
  /** null: killed. */
  exitCode: number | null;
  stdout: string;
  stderr: string;
  /** The last JSON line of type "result", of `--output-format json` and `stream-json` alike; else empty. */
  json: JsonObject;
  durationMs: number;
};

export type RunningClaude = {
  /** The lines of standard output that are complete so far, with the instant each arrived. */
  lines: { text: string; atMs: number }[];
  kill: (signal: NodeJS.Signals) => void;
  finished: Promise<ClaudeResult>;
};

/** Runs the real CLI to its end. See startClaude. */
export async function runClaude(options: ClaudeOptions): Promise<ClaudeResult> {
  return (await startClaude(options)).finished;
}

/**
 * Starts the real CLI with a home, a temporary folder and a process group of its own; when it ends, what it has
 * started is killed and what it has written is removed.
 */
export async function startClaude(options: ClaudeOptions): Promise<RunningClaude> {
  const binary = await ensureClaudeCode(options.version);
  const scratch = await mkdtemp(path.join(os.tmpdir(), "trinity-claude-"));
  const home = options.home ?? path.join(scratch, "home");
  const cwd = options.cwd ?? path.join(scratch, "work");
  const tmp = path.join(scratch, "tmp");
  for (const dir of [home, cwd, tmp]) await mkdir(dir, { recursive: true });

  const startedAt = performance.now();
  const variables = { ...baseEnvironment(), HOME: home, TMPDIR: tmp, ...options.env };
  const env = variables as unknown as NodeJS.ProcessEnv; // Next's types demand a NODE_ENV, which the CLI shall not get
  const child = spawn(binary, options.args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const killAtExit = () => killGroup(child, "SIGKILL");
  process.once("exit", killAtExit);
  const timer = setTimeout(() => killGroup(child, "SIGKILL"), options.timeoutMs ?? 60_000);
  const lines: RunningClaude["lines"] = [];
  const finished = collect(child, lines).then(async (output) => {
    const durationMs = performance.now() - startedAt;
    clearTimeout(timer);
    process.off("exit", killAtExit);
    killGroup(child, "SIGKILL");
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
    return { ...output, json: lastResult(output.stdout), durationMs };
  });
  return { lines, kill: (signal) => killGroup(child, signal), finished };
}

/** As root the CLI refuses to skip its permission checks, unless it is told that it runs in a sandbox. */
function baseEnvironment(): Record<string, string> {
  return {
    PATH: process.env.PATH ?? "/usr/bin:/bin",
    LANG: "C.UTF-8",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    DISABLE_AUTOUPDATER: "1",
    ...(process.getuid?.() === 0 && { IS_SANDBOX: "1" }),
  };
}

async function collect(child: ChildProcess, lines: RunningClaude["lines"]) {
  let [stdout, stderr] = ["", ""];
  let open = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    const parts = (open + text).split("\n");
    open = parts.pop() ?? "";
    for (const line of parts) lines.push({ text: line, atMs: performance.now() });
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { exitCode, stdout, stderr };
}

function lastResult(stdout: string): JsonObject {
  const objects = stdout.split("\n").map((line) => toObject(parseJson(line)));
  return objects.findLast((object) => object.type === "result") ?? {};
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The whole group has ended already.
  }
}
