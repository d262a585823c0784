import { type ChildProcess, execFile, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

import Docker from "dockerode";

import { isAlive, waitForExit } from "#supervisor/postmaster.ts";

/** A real Docker engine for one run of tests. */
export type TestEngine = {
  /** As in the variable DOCKER_HOST. */
  dockerHost: string;
  /** Stops the engine with its containers and removes its folder; leaves an engine alone that was there before. */
  stop(): Promise<void>;
};

/** Where a run's set-up leaves the engine's address, or the reason why there is none. */
export const ENGINE_VARIABLE = "TEST_DOCKER_HOST";
export const NO_ENGINE_VARIABLE = "TEST_DOCKER_PROBLEM";
/** Debian with this machine's Node and a user `developer` (1000): what images of tests are built on. */
export const BASE_IMAGE = "trinity-llm-test-base:latest";
/** Debian with its PostgreSQL and HAProxy. */
export const SERVICES_IMAGE = "trinity-llm-test-services:latest";

const PREFIX = "trinity-test-docker-";
const CACHE_DIR = path.resolve(import.meta.dirname, "../../.cache/docker");
const APT_LOCK = "/tmp/apt.lock";
const START_MS_MAX = 60_000;
const STOP_MS_MAX = 30_000;
const INSTALL_MS_MAX = 10 * 60_000;
const run = promisify(execFile);

/**
 * An engine with the base image: the one of DOCKER_HOST or the usual socket where it answers, else Debian's own,
 * installed where needed and started in a temporary folder. Takes seconds; the first time on a machine, minutes.
 * @throws Error saying what is in the way
 */
export async function startTestEngine(): Promise<TestEngine> {
  await removeLeftovers();
  const engine = (await findEngine()) ?? (await startDebianEngine());
  try {
    await ensureBaseImage(connectTo(engine.dockerHost));
    return engine;
  } catch (error) {
    await engine.stop();
    throw error;
  }
}

/** The client of a test, for arranging and looking. */
export function connectTo(dockerHost: string): Docker {
  const url = new URL(dockerHost);
  if (url.protocol === "unix:") return new Docker({ socketPath: url.pathname });
  return new Docker({ protocol: "http", host: url.hostname, port: Number(url.port) });
}

async function findEngine(): Promise<TestEngine | null> {
  for (const dockerHost of [process.env.DOCKER_HOST, "unix:///var/run/docker.sock"]) {
    if (dockerHost && (await answers(dockerHost))) return { dockerHost, stop: async () => undefined };
  }
  return null;
}

function answers(dockerHost: string): Promise<boolean> {
  return connectTo(dockerHost)
    .ping()
    .then(
      () => true,
      () => false,
    );
}

async function startDebianEngine(): Promise<TestEngine> {
  await ensureInstalled("dockerd", "docker.io", "iptables");
  const folder = await mkdtemp(path.join(os.tmpdir(), `${PREFIX}${process.pid}-`));
  const dockerHost = `unix://${folder}/docker.sock`;
  const child = spawnEngine(folder, dockerHost);
  const stop = () => stopEngine(child.pid ?? 0, folder);
  const deadlineAt = Date.now() + START_MS_MAX;
  while (!(await answers(dockerHost))) {
    if (child.exitCode === null && Date.now() < deadlineAt) await sleep(100);
    else {
      const words = (await readFile(path.join(folder, "log"), "utf8")).trim().split("\n").slice(-3).join("\n");
      await stop();
      throw new Error(`dockerd does not start here:\n${words}`);
    }
  }
  return { dockerHost, stop };
}

/** No default bridge and addresses of its own: another engine on the machine is not disturbed. */
function spawnEngine(folder: string, dockerHost: string): ChildProcess {
  const log = openSync(path.join(folder, "log"), "a");
  const args = ["--data-root", `${folder}/data`, "--exec-root", `${folder}/exec`, "--pidfile", `${folder}/pid`];
  args.push("--host", dockerHost, "--bridge", "none", "--default-address-pool", "base=10.213.0.0/16,size=24");
  const env = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", NODE_ENV: "test" as const };
  const child = spawn("dockerd", args, { stdio: ["ignore", log, log], detached: true, env });
  child.on("error", () => undefined); // it then never answers, which is reported
  closeSync(log);
  return child;
}

async function stopEngine(pid: number, folder: string): Promise<void> {
  if (pid > 0 && isAlive(pid)) {
    process.kill(pid, "SIGTERM");
    if (!(await waitForExit(pid, STOP_MS_MAX))) process.kill(pid, "SIGKILL");
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

/** Engines of runs that were killed. Their folders carry the id of the process that started them. */
async function removeLeftovers(): Promise<void> {
  const folders = (await readdir(os.tmpdir())).filter((name) => name.startsWith(PREFIX));
  for (const name of folders) {
    if (isAlive(Number(name.slice(PREFIX.length).split("-")[0]))) continue;
    const folder = path.join(os.tmpdir(), name);
    const pid = Number(await readFile(path.join(folder, "pid"), "utf8").catch(() => "0"));
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    await stopEngine(command.includes(folder) ? pid : 0, folder);
  }
}

/** An image of Debian's packages, from an archive that is made once. */
type DebianImage = { image: string; archive: string; packages: readonly string[]; hooks: readonly string[] };

function ensureBaseImage(docker: Docker): Promise<void> {
  return ensureDebianImage(docker, {
    image: BASE_IMAGE,
    archive: `base-${process.arch}-node-${process.version}.tar`,
    packages: ["ca-certificates", "curl"],
    hooks: [
      `copy-in ${process.execPath} /usr/local/bin`,
      `chroot "$1" useradd --create-home --uid 1000 --shell /bin/bash developer`,
    ],
  });
}

/** For what a deployment has beside our own programs. */
export function ensureServicesImage(docker: Docker): Promise<void> {
  return ensureDebianImage(docker, {
    image: SERVICES_IMAGE,
    archive: `services-${process.arch}.tar`,
    packages: ["postgresql-15", "haproxy"],
    hooks: [],
  });
}

async function ensureDebianImage(docker: Docker, debian: DebianImage): Promise<void> {
  const isThere = await docker
    .getImage(debian.image)
    .inspect()
    .then(
      () => true,
      () => false,
    );
  if (isThere) return;
  const [repo, tag] = debian.image.split(":");
  const progress = await docker.importImage(await ensureRootFilesystem(debian), { repo, tag });
  await new Promise((resolve, reject) =>
    docker.modem.followProgress(progress, (error) => (error ? reject(error) : resolve(null))),
  );
}

async function ensureRootFilesystem({ archive, packages, hooks }: DebianImage): Promise<string> {
  const file = path.join(CACHE_DIR, archive);
  if (await isThere(file)) return file;
  await ensureInstalled("mmdebstrap", "mmdebstrap");
  await mkdir(CACHE_DIR, { recursive: true });
  const draft = `${file}.${process.pid}.tar`;
  const args = ["--quiet", "--variant=minbase", `--include=${packages.join(",")}`, "bookworm", draft];
  args.push(...hooks.map((hook) => `--customize-hook=${hook}`));
  await run("mmdebstrap", args, { timeout: INSTALL_MS_MAX });
  await rename(draft, file);
  return file;
}

/** Where it is not there: Debian's packages with it, on Debian and as root. */
export async function ensureInstalled(program: string, ...packages: string[]): Promise<void> {
  const folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"];
  for (const folder of folders) if (await isThere(path.join(folder, program))) return;
  if (process.getuid?.() !== 0 || !(await isThere("/usr/bin/apt-get"))) {
    throw new Error(`There is no ${program}. Install ${packages.join(" and ")}, or start Docker, and run again.`);
  }
  const apt = ["apt-get", "install", "--quiet", "--yes", "--no-install-recommends", ...packages];
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await run("flock", [APT_LOCK, "apt-get", "update", "--quiet"], { timeout: INSTALL_MS_MAX, env });
  await run("flock", [APT_LOCK, ...apt], { timeout: INSTALL_MS_MAX, env, maxBuffer: 64 * 1024 * 1024 });
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
