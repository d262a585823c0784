import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { probePort } from "#supervisor/free-port.ts";
import { isAlive, readPostmaster } from "#supervisor/postmaster.ts";

/** The whole program as people start it, `node start.mjs`, on ports and a data folder of its own. */
export type Program = {
  process: ChildProcess;
  pid: number;
  portalUrl: string;
  gatewayUrl: string;
  /** Everything on the terminal so far. */
  output(): string;
  /** Resolves once the terminal shows the text; rejects if the program ends first. */
  shows(text: string): Promise<void>;
  /** Resolves with the exit code. */
  exited: Promise<number | null>;
  /** The gateway and the portal that run now, in this order. */
  doors(): Promise<[number, number]>;
};

export type ProgramOptions = {
  dataDir: string;
  args?: readonly string[];
  environment?: Record<string, string>;
};

const root = path.resolve(import.meta.dirname, "../..");

/** Names that a developer's own settings file would fill in if they were absent. */
const UNSET = [
  "DATABASE_URL",
  "GATEWAY_HOST",
  "GATEWAY_URL",
  "PORTAL_HOST",
  "NEXTAUTH_URL",
  "NEXTAUTH_SECRET",
  "ANTHROPIC_API_KEY",
  "ANTHROPIC_UPSTREAM_URL",
  "UPSTREAM_HEADERS_TIMEOUT_MS",
  "UPSTREAM_IDLE_TIMEOUT_MS",
  "LOG_LEVEL",
  "TRINITY_DEMO",
];

/** Starts the program. The caller stops it, and removes the data folder. */
export async function startProgram({ dataDir, args = [], environment = {} }: ProgramOptions): Promise<Program> {
  const [portalPort, gatewayPort, internalPort] = [await probePort(0), await probePort(0), await probePort(0)];
  const settings = {
    DATA_DIR: dataDir,
    PORTAL_PORT: String(portalPort),
    GATEWAY_PORT: String(gatewayPort),
    GATEWAY_INTERNAL_PORT: String(internalPort),
    ...environment,
  };
  const child = spawn(process.execPath, [path.join(root, "start.mjs"), ...args], {
    cwd: root,
    env: { ...process.env, ...Object.fromEntries(UNSET.map((name) => [name, ""])), ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  const exited = once(child, "close").then(([code]) => Number(code));
  return {
    process: child,
    pid: child.pid ?? 0,
    portalUrl: `http://127.0.0.1:${settings.PORTAL_PORT}`,
    gatewayUrl: `http://127.0.0.1:${settings.GATEWAY_PORT}`,
    output: () => output,
    async shows(text) {
      while (!output.includes(text)) {
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`It ended without "${text}":\n${output}`);
        await sleep(20);
      }
    },
    exited,
    async doors() {
      const alive = (await readChildren(dataDir)).filter(({ pid }) => isAlive(pid));
      const [gateway, portal] = ["gateway", "portal"].map((door) => alive.find(({ name }) => name === door)?.pid);
      if (gateway === undefined || portal === undefined) throw new Error(`Running: ${JSON.stringify(alive)}`);
      return [gateway, portal];
    },
  };
}

/** What is still running of a program on this data folder: its children, and the embedded database. */
export async function leftovers(dataDir: string): Promise<number[]> {
  const postmaster = await readPostmaster(path.join(dataDir, "postgres"));
  const children = (await readChildren(dataDir)).map(({ pid }) => pid);
  return [...children, ...(postmaster ? [postmaster.pid] : [])].filter(isAlive);
}

/** The address of the embedded database, as the supervisor hands it to its children. */
export async function embeddedDatabaseUrl(dataDir: string): Promise<string> {
  const [password, port] = await Promise.all(
    ["postgres-password", "postgres-port"].map((name) => readFile(path.join(dataDir, name), "utf8")),
  );
  return `postgresql://trinity:${password}@127.0.0.1:${port}/trinity`;
}

async function readChildren(dataDir: string): Promise<{ pid: number; name: string }[]> {
  const register = await readFile(path.join(dataDir, "children"), "utf8").catch(() => "");
  return [...register.matchAll(/^(\d+) \S*\t(.+)$/gm)].map(([, pid, name]) => ({ pid: Number(pid), name: name ?? "" }));
}
