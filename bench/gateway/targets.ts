import { mkdtemp, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import { isAlive } from "#supervisor/postmaster.ts";
import { createTestDatabase, startTestDatabaseServer } from "#testing/database.ts";

import { type BenchProcess, startBenchProcess } from "./bench-process.ts";
import { bundlePrograms } from "./bundle-programs.ts";
import { createLoad, type Load } from "./load.ts";
import { type MeasuredGateway, startMeasuredGateway } from "./measured-gateway.ts";
import { ensurePortkey, portkeyHeaders, startNginx, startPortkey } from "./peers.ts";
import type { Address } from "./turn.ts";

export const TARGET_NAMES = ["direct", "nginx", "pipe", "gateway", "portkey"] as const;
export type TargetName = (typeof TARGET_NAMES)[number];

export type Target = { name: TargetName; to: Address; pid: number };

/** Everything that runs during the bench. */
export type Rig = {
  targets: readonly Target[];
  gateway: MeasuredGateway;
  /** The same gateway in proxy mode, and where it is called. */
  proxied: { gateway: MeasuredGateway; to: Address };
  load: Load;
  /** Says when to stop. */
  signal: AbortSignal;
};

/** What ends things, in the order in which they were started. Run it backwards. */
export type CleanUps = (() => Promise<unknown>)[];

const FOLDER_PREFIX = "trinity-bench-gateway-";

/**
 * Starts the upstream, the load generator, PostgreSQL, our gateway and what it is compared with. Whatever was
 * started is in `cleanUps`, also when a later start fails or `signal` says to stop.
 */
export async function startRig(cleanUps: CleanUps, signal: AbortSignal): Promise<Rig> {
  const keep = <P extends { end(): Promise<void> }>(started: P): P => {
    cleanUps.push(() => started.end());
    signal.throwIfAborted();
    return started;
  };
  const folder = await makeFolder(cleanUps);
  const programs = await bundlePrograms(folder);
  const portkeyFolder = await ensurePortkey(signal);
  signal.throwIfAborted();
  const node = (program: string, ...args: string[]): Promise<BenchProcess> =>
    startBenchProcess({ command: process.execPath, args: [program, ...args], ready: "message" });

  const upstream = keep(await node(programs.upstream));
  const upstreamUrl = `http://127.0.0.1:${upstream.port}`;
  const load = createLoad(keep(await node(programs.load)));
  const pipe = keep(await node(programs["bare-pipe"], upstreamUrl));
  const nginx = await startNginx(folder, upstreamUrl);
  if (nginx !== null) keep(nginx);
  const portkey = keep(await startPortkey(portkeyFolder));
  const { serverUrl } = await startDatabaseServer(cleanUps, signal);
  const startGateway = async (name: string, env: Record<string, string>) => {
    const { databaseUrl } = await createTestDatabase(serverUrl);
    const start = { program: programs.gateway, folder: path.join(folder, name), databaseUrl, upstreamUrl, env };
    return keep(await startMeasuredGateway(start));
  };
  const gateway = await startGateway("straight", {});
  const proxied = await startGateway("proxied", proxyMode(upstreamUrl));

  const own = { "x-api-key": "sk-ant-bench" };
  const target = (name: TargetName, { port, pid }: BenchProcess, headers: Record<string, string> = own): Target => ({
    name,
    to: { url: `http://127.0.0.1:${port}`, path: "/v1/messages?beta=true", headers },
    pid,
  });
  const targets = [
    target("direct", upstream),
    ...(nginx === null ? [] : [target("nginx", nginx)]),
    target("pipe", pipe),
    target("gateway", gateway.process, { authorization: `Bearer ${gateway.agentKey}` }),
    target("portkey", portkey, { ...own, ...portkeyHeaders(upstreamUrl) }),
  ];
  const { to } = target("gateway", proxied.process, { authorization: `Bearer ${proxied.agentKey}` });
  return { targets, gateway, proxied: { gateway: proxied, to }, load, signal };
}

/** The upstream answers for Helicone as well: what is measured is what proxy mode takes of the gateway. */
function proxyMode(url: string): Record<string, string> {
  const writeKey = "sk-helicone-bench00-bench00-bench00-bench00";
  return { HELICONE_ENABLED: "true", HELICONE_MODE: "proxy", HELICONE_URL: url, HELICONE_WRITE_KEY: writeKey };
}

async function startDatabaseServer(cleanUps: CleanUps, signal: AbortSignal) {
  const server = await startTestDatabaseServer();
  cleanUps.push(() => server.stop());
  signal.throwIfAborted();
  return server;
}

/** A temporary folder whose name tells whose it is; those of benches that were killed are removed. */
async function makeFolder(cleanUps: CleanUps): Promise<string> {
  for (const name of await readdir(os.tmpdir())) {
    if (!name.startsWith(FOLDER_PREFIX) || isAlive(Number(name.slice(FOLDER_PREFIX.length).split("-")[0]))) continue;
    await rm(path.join(os.tmpdir(), name), { recursive: true, force: true });
  }
  const folder = await mkdtemp(path.join(os.tmpdir(), `${FOLDER_PREFIX}${process.pid}-`));
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
