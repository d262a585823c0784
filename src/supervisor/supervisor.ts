import path from "node:path";

import { type Config, readConfig } from "#config.ts";
import {
  doorEnvironment,
  gatewayEnvironment,
  type Provision,
  portalEnvironment,
} from "#supervisor/child-environment.ts";
import { openChildRegister } from "#supervisor/child-register.ts";
import { lockDataFolder } from "#supervisor/data-folder.ts";
import { seedDemo, startDemoTraffic, startScriptedUpstream } from "#supervisor/demo-children.ts";
import { requireFreePorts, type WantedPort } from "#supervisor/free-port.ts";
import { readOrCreateSecret } from "#supervisor/kept-secret.ts";
import { rotateLogs } from "#supervisor/log-file.ts";
import { migrate } from "#supervisor/migrate.ts";
import { createSetupLink } from "#supervisor/setup-link.ts";
import type { ChildStage, Stage } from "#supervisor/stage.ts";
import { describeStart } from "#supervisor/start-message.ts";
import { type ChildProgram, type SupervisedChild, superviseChild } from "#supervisor/supervised-child.ts";
import { openDatabase } from "#supervisor/supervisor-database.ts";

export type StartOptions = {
  /** Stands in for Anthropic when there is no key to talk to the real one; the demo never talks to the real one. */
  isUpstreamScripted: (config: Config) => boolean;
};

/** `door`: to Helicone's dashboard; null where Helicone is turned off. */
export type Doors = { gateway: SupervisedChild; portal: SupervisedChild; door: SupervisedChild | null };

const LOG_BYTES_MAX = 20_000_000;
const LOG_CHECK_MS = 30_000;
const GATEWAY_STOP_TIMEOUT_MS = 30_000;
const PORTAL_STOP_TIMEOUT_MS = 5_000;
const DOOR_STOP_TIMEOUT_MS = 5_000;

/**
 * Starts everything in order and says where it is. What was started by then is in `stage.parts`, also when it fails.
 * @throws ConfigError, DomainError written for the person who started it
 */
export async function startAll(stage: Stage, { isUpstreamScripted }: StartOptions): Promise<Doors> {
  const settings = readConfig();
  const childStage = await takeDataFolder(settings, stage);
  const children: SupervisedChild[] = [];
  const database = await openDatabase({
    ...settings,
    say: stage.say,
    onMoved: () => {
      for (const child of children) child.restart();
    },
  });
  stage.parts.push(database);
  stage.signal.throwIfAborted();
  await migrate({ databaseUrl: database.url(), migrationsDir: path.join(stage.programs.root, "prisma/migrations") });
  stage.signal.throwIfAborted();

  const nextAuthSecret =
    settings.nextAuthSecret ?? (await readOrCreateSecret(path.join(settings.dataDir, "nextauth-secret")));
  const gatewayInternalToken =
    settings.gatewayInternal.token ?? (await readOrCreateSecret(path.join(settings.dataDir, "gateway-internal-token")));
  const { nodeEnv, agentServer: agentServerArgs } = stage.programs;
  const kept = { nextAuthSecret, gatewayInternalToken, agentServerArgs, nodeEnv };
  const provision = () => ({ databaseUrl: database.url(), ...kept });
  const isScripted = isUpstreamScripted(settings);
  const config = isScripted ? await startScriptedUpstream(settings, childStage) : settings;
  const demoLines = config.isDemo ? await seedDemo(config, provision(), childStage) : [];
  const setupLink = await createSetupLink(database.url(), config.portal.url);
  const doors = await startDoors(config, provision, childStage);
  children.push(...Object.values(doors).filter((door) => door !== null));
  if (config.isDemo) await startDemoTraffic(config, provision, childStage);
  for (const line of describeStart(config, { setupLink, demoLines, isUpstreamScripted: isScripted })) stage.say(line);
  return doors;
}

/** Everything that can be in the way is found here, before anything is started. */
async function takeDataFolder(settings: Config, stage: Stage): Promise<ChildStage> {
  const folder = await lockDataFolder(settings.dataDir);
  stage.parts.push({ stop: folder.release, kill: () => undefined });
  const register = await openChildRegister(settings.dataDir, stage.say);
  await requireFreePorts([
    { ...settings.portal, portVariable: "PORTAL_PORT", hostVariable: "PORTAL_HOST" },
    { ...settings.gateway, portVariable: "GATEWAY_PORT", hostVariable: "GATEWAY_HOST" },
    { ...settings.gatewayInternal, portVariable: "GATEWAY_INTERNAL_PORT", hostVariable: "GATEWAY_INTERNAL_HOST" },
    ...doorPort(settings),
  ]);
  keepLogsSmall(settings);
  return { ...stage, register };
}

function doorPort({ helicone }: Config): WantedPort[] {
  if (helicone === null) return [];
  return [{ ...helicone.door, portVariable: "HELICONE_DOOR_PORT", hostVariable: "HELICONE_DOOR_HOST" }];
}

/** All at once, since each takes a moment. If one does not come up, the others are stopped as well. */
async function startDoors(config: Config, provision: () => Provision, stage: ChildStage): Promise<Doors> {
  const failed = new AbortController();
  const signal = AbortSignal.any([stage.signal, failed.signal]);
  const start = async (program: ChildProgram) => {
    try {
      const child = await superviseChild(program, { ...stage, signal });
      stage.parts.push(child);
      return child;
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  };
  const started = [
    start(gatewayProgram(config, provision, stage)),
    start(portalProgram(config, provision, stage)),
    config.helicone === null ? null : start(doorProgram(config, provision, stage)),
  ] as const;
  await Promise.allSettled(started);
  const [gateway, portal, door] = await Promise.all(started);
  return { gateway, portal, door };
}

function gatewayProgram(config: Config, provision: () => Provision, { programs }: Stage): ChildProgram {
  return {
    name: "gateway",
    args: programs.gateway,
    cwd: programs.root,
    environment: () => gatewayEnvironment(config, provision()),
    logsDir: path.join(config.dataDir, "logs"),
    healthUrl: `http://${reachable(config.gateway.host)}:${config.gateway.port}/healthz`,
    stopTimeoutMs: GATEWAY_STOP_TIMEOUT_MS,
  };
}

function portalProgram(config: Config, provision: () => Provision, { programs }: Stage): ChildProgram {
  return {
    name: "portal",
    args: programs.portal,
    cwd: programs.root,
    environment: () => portalEnvironment(config, provision()),
    logsDir: path.join(config.dataDir, "logs"),
    healthUrl: `http://${reachable(config.portal.host)}:${config.portal.port}/api/health`,
    stopTimeoutMs: PORTAL_STOP_TIMEOUT_MS,
  };
}

function doorProgram(config: Config, provision: () => Provision, { programs }: Stage): ChildProgram {
  const { host, port } = config.heliconeDoor;
  return {
    name: "dashboard door",
    args: programs.door,
    cwd: programs.root,
    environment: () => doorEnvironment(config, provision()),
    logsDir: path.join(config.dataDir, "logs"),
    healthUrl: `http://${reachable(host)}:${port}/healthz`,
    stopTimeoutMs: DOOR_STOP_TIMEOUT_MS,
  };
}

/** Where a server that listens on this host can be asked from the same machine. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}

function keepLogsSmall({ dataDir }: Config): void {
  const check = () => void rotateLogs(path.join(dataDir, "logs"), LOG_BYTES_MAX).catch(() => undefined); // tried again soon
  check();
  setInterval(check, LOG_CHECK_MS).unref();
}
