import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { writeCredentials } from "#helicone/credentials.ts";
import { probePort } from "#supervisor/free-port.ts";
import { type HeliconeStandIn, startHeliconeStandIn } from "../helicone/helicone-stand-in.ts";
import { SESSION_SECRET, type Stack, startStack } from "./stack.ts";

/** The whole product with a stand-in for Helicone and the door to its pages. */
export type ObservedStack = {
  stack: Stack;
  helicone: HeliconeStandIn;
  doorUrl: string;
  /** Of the organisation that the product's calls are in. */
  organisationId: string;
  /** Makes keys, and makes them known, as Helicone's set-up does once it is there. */
  setUp(): Promise<void>;
  /** Ends the door's process, and starts it again. */
  closeDoor(): Promise<void>;
  openDoor(): Promise<void>;
  stop(): Promise<void>;
};

const ROOT = path.resolve(import.meta.dirname, "../..");
const READY_MS_MAX = 30_000;
/** The one that the stand-in gives keys of its own accord to. */
const ACCOUNT = { email: "seeded@stand-in.test", password: "seeded-password" };

/** Starts it, on free ports; Helicone is there and not set up. */
export async function startObservedStack(mode: "log" | "proxy" = "log"): Promise<ObservedStack> {
  const doorPort = await probePort(0);
  const doorUrl = `http://localhost:${doorPort}`;
  const helicone = await startHeliconeStandIn({
    upstreamUrl: "http://127.0.0.1:9",
    betterAuthUrl: doorUrl,
    objectsPublicUrl: doorUrl,
  });
  const credentialsDir = await mkdtemp(path.join(os.tmpdir(), "trinity-test-helicone-"));
  const environment = {
    HELICONE_ENABLED: "true",
    HELICONE_URL: helicone.jawnUrl,
    HELICONE_WEB_URL: helicone.webUrl,
    HELICONE_OBJECTS_URL: helicone.objectsUrl,
    HELICONE_MODE: mode,
    HELICONE_CREDENTIALS_DIR: credentialsDir,
    HELICONE_DOOR_PORT: String(doorPort),
    HELICONE_DOOR_URL: doorUrl,
  };
  const stack = await startStack(environment, environment);
  const { id: organisationId } = helicone.createAccount(ACCOUNT);
  const openDoor = () => startDoor(stack, environment);
  let door = await openDoor();
  return {
    ...{ stack, helicone, doorUrl, organisationId },
    setUp: () =>
      writeCredentials(credentialsDir, {
        gateway: { writeKey: helicone.createKey("w"), logKey: helicone.createKey("rw") },
        portal: { ...ACCOUNT, organisationId, apiKey: helicone.createKey("rw") },
      }),
    closeDoor: () => end(door),
    async openDoor() {
      door = await openDoor();
    },
    async stop() {
      await end(door);
      await stack.stop();
      await helicone.close();
      await rm(credentialsDir, { recursive: true, force: true });
    },
  };
}

/** The door as `npm start` runs it. It ends with this process, however that ends. */
async function startDoor(stack: Stack, environment: Record<string, string>): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["dist/door.mjs"], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH ?? "/usr/bin:/bin",
      NODE_ENV: "production",
      DATABASE_URL: stack.gateway.databaseUrl,
      DATA_DIR: stack.gateway.dataDir,
      NEXTAUTH_URL: stack.portalUrl,
      NEXTAUTH_SECRET: SESSION_SECRET,
      LOG_LEVEL: "warn",
      ...environment,
    },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const deadlineAt = Date.now() + READY_MS_MAX;
  while (Date.now() < deadlineAt && child.exitCode === null) {
    const isUp = await fetch(`http://127.0.0.1:${environment.HELICONE_DOOR_PORT}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return child;
    await sleep(50);
  }
  child.kill("SIGKILL");
  throw new Error("The door did not start");
}

async function end(child: ChildProcess): Promise<void> {
  child.kill();
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}
