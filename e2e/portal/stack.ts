import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { v7 as uuid } from "uuid";

import { hashPassword } from "#people/password.ts";
import { probePort } from "#supervisor/free-port.ts";
import { createSetupLink } from "#supervisor/setup-link.ts";
import { INTERNAL_TOKEN, startTestGateway, type TestGateway } from "#testing/gateway.ts";
import { CLAUDE_CODE_VERSIONS, ensureClaudeCode } from "../claude-code/ensure-claude-code.ts";

export const PASSWORD = "four calm otters read";

/** Of the sessions of every stack. */
export const SESSION_SECRET = "a-secret-that-only-the-browser-tests-use";

export type StackPerson = { id: string; name: string; email: string };

/** The whole product for one test file: a database of its own, scripted upstream, real gateway, built portal. */
export type Stack = {
  gateway: TestGateway;
  portalUrl: string;
  /** Everything the portal has written to its log. */
  portalLog(): string;
  /** A fresh link for the first admin; undefined once somebody has an account. */
  setupLink(): Promise<string | undefined>;
  /** Somebody with an account and the password PASSWORD. */
  addPerson(name: string, role: "admin" | "owner"): Promise<StackPerson>;
  stop(): Promise<void>;
};

const ROOT = path.resolve(import.meta.dirname, "../..");
const READY_MS_MAX = 60_000;

/** Starts it. `environment` adds to the portal's settings, `gatewayEnvironment` to the gateway's. */
export async function startStack(
  environment: Record<string, string> = {},
  gatewayEnvironment: Record<string, string> = {},
): Promise<Stack> {
  const gateway = await startTestGateway({ env: gatewayEnvironment });
  const port = await probePort(0);
  const portalUrl = `http://localhost:${port}`;
  const portal = await startPortal({
    DATABASE_URL: gateway.databaseUrl,
    DATA_DIR: gateway.dataDir,
    GATEWAY_URL: gateway.url,
    GATEWAY_INTERNAL_URL: gateway.internalUrl,
    GATEWAY_INTERNAL_TOKEN: INTERNAL_TOKEN,
    AGENT_SERVER_ARGS: JSON.stringify([path.join(ROOT, "dist/agent-server.mjs")]),
    CLAUDE_CODE_PATH: await ensureClaudeCode(CLAUDE_CODE_VERSIONS[0]),
    HOME: gateway.dataDir,
    NEXTAUTH_URL: portalUrl,
    NEXTAUTH_SECRET: SESSION_SECRET,
    PORT: String(port),
    HOSTNAME: "127.0.0.1",
    LOG_LEVEL: "warn",
    ...environment,
  }).catch(async (error: unknown) => {
    await gateway.stop();
    throw error;
  });
  return {
    gateway,
    portalUrl,
    portalLog: portal.output,
    setupLink: () => createSetupLink(gateway.databaseUrl, portalUrl),
    addPerson: (name, role) => addPerson(gateway, name, role),
    async stop() {
      const { process: child } = portal;
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      await gateway.stop();
    },
  };
}

type Portal = { process: ChildProcess; output: () => string };

/** The portal as `npm start` runs it. It ends with this process, however that ends. */
async function startPortal(environment: Record<string, string>): Promise<Portal> {
  const env = { PATH: process.env.PATH ?? "/usr/bin:/bin", NODE_ENV: "production" as const, ...environment };
  const child = spawn(process.execPath, ["dist/portal.mjs"], {
    cwd: ROOT,
    env,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const deadlineAt = Date.now() + READY_MS_MAX;
  while (Date.now() < deadlineAt && child.exitCode === null) {
    const isUp = await fetch(`http://127.0.0.1:${environment.PORT}/api/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return { process: child, output: () => output };
    await sleep(50);
  }
  child.kill("SIGKILL");
  throw new Error(`The portal did not start:\n${output}`);
}

let passwordHash: Promise<string> | null = null;

async function addPerson({ pool }: TestGateway, name: string, role: "admin" | "owner"): Promise<StackPerson> {
  passwordHash ??= hashPassword(PASSWORD);
  const person = { id: uuid(), name, email: `${name.split(" ")[0]?.toLowerCase()}@example.com` };
  await pool.query("INSERT INTO users (id, email, name, role, password_hash) VALUES ($1, $2, $3, $4, $5)", [
    person.id,
    person.email,
    name,
    role,
    await passwordHash,
  ]);
  return person;
}
