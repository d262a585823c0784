import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

import { type Config, systemEnvironment } from "#config.ts";
import { DomainError } from "#domain/errors.ts";
import { demoEnvironment, type Provision } from "#supervisor/child-environment.ts";
import { probePort } from "#supervisor/free-port.ts";
import type { ChildStage } from "#supervisor/stage.ts";
import { superviseChild } from "#supervisor/supervised-child.ts";

/** Any key will do for the scripted upstream. A real one must not reach it. */
const SCRIPTED_KEY = "sk-ant-scripted-upstream";
const STOP_TIMEOUT_MS = 2_000;

/** Starts the server that stands in for Anthropic. Resolves with the settings that make the gateway use it. */
export async function startScriptedUpstream(config: Config, stage: ChildStage): Promise<Config> {
  const port = await probePort(0);
  const upstream = await superviseChild(
    {
      name: "scripted upstream",
      args: [...stage.programs.scriptedUpstream, "--port", String(port)],
      cwd: stage.programs.root,
      environment: () => ({ ...systemEnvironment(), NODE_ENV: "production" }),
      logsDir: path.join(config.dataDir, "logs"),
      stopTimeoutMs: STOP_TIMEOUT_MS,
    },
    stage,
  );
  stage.parts.push(upstream);
  return {
    ...config,
    anthropicApiKey: SCRIPTED_KEY,
    upstream: { ...config.upstream, url: `http://127.0.0.1:${port}` },
  };
}

/**
 * Runs the demo's program with the argument `seed`: it fills an empty database and does nothing to a full one.
 * Resolves with the lines it prints, which are for the terminal.
 * @throws DomainError `unavailable` with its last words when it fails
 */
export async function seedDemo(config: Config, provision: Provision, stage: ChildStage): Promise<string[]> {
  const { demo, root } = stage.programs;
  if (!demo) return [];
  const options = { cwd: root, env: demoEnvironment(config, provision), signal: stage.signal };
  const seeded = await promisify(execFile)(process.execPath, [...demo, "seed"], options).catch(
    (error: Error & { stderr?: string }) => {
      throw new DomainError(
        "unavailable",
        `The demo's history could not be written: ${error.stderr?.trim() || error.message}`,
      );
    },
  );
  return seeded.stdout
    .trim()
    .split("\n")
    .filter((line) => line !== "");
}

/** Runs the demo's program with the argument `traffic`: live calls through the gateway, for as long as the demo runs. */
export async function startDemoTraffic(config: Config, provision: () => Provision, stage: ChildStage): Promise<void> {
  const { demo, root } = stage.programs;
  if (!demo) return;
  const traffic = await superviseChild(
    {
      name: "demo traffic",
      args: [...demo, "traffic"],
      cwd: root,
      environment: () => demoEnvironment(config, provision()),
      logsDir: path.join(config.dataDir, "logs"),
      stopTimeoutMs: STOP_TIMEOUT_MS,
    },
    stage,
  );
  stage.parts.push(traffic);
}
