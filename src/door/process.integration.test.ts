import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

import { request } from "undici";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { probePort } from "#supervisor/free-port.ts";
import { createTestPortal, PORTAL_URL, type TestPerson, type TestPortal } from "#testing/portal.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");

let portal: TestPortal;
let ada: TestPerson;
let settings: Record<string, string>;
const running: ChildProcess[] = [];

beforeAll(async () => {
  portal = await createTestPortal(new Date());
  ada = await portal.addPerson("Ada", "admin");
  settings = {
    DATABASE_URL: String(portal.pool.options.connectionString),
    NEXTAUTH_URL: PORTAL_URL,
    NEXTAUTH_SECRET: portal.platform.sessionSecret,
    HELICONE_DOOR_PORT: String(await probePort(0)),
  };
});
afterEach(async () => {
  for (let child = running.pop(); child !== undefined; child = running.pop()) {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
});
afterAll(() => portal.close());

function start(environment: Record<string, string>): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, ["--import", "tsx", "src/door/main.ts"], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, NODE_ENV: "test", ...environment },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  running.push(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  return { child, output: () => output };
}

const ask = (at: string) =>
  request(`http://127.0.0.1:${settings.HELICONE_DOOR_PORT}${at}`, { headers: { cookie: ada.cookie } });
const isUp = () =>
  ask("/healthz").then(
    ({ statusCode }) => statusCode === 200,
    () => false,
  );

describe("the door's process", () => {
  it("says in one line what it needs and does not have", async () => {
    const { child, output } = start({});
    const [code] = await once(child, "exit");
    expect(code).toBe(1);
    expect(output().trim().split("\n")).toEqual([
      expect.stringMatching(/^DATABASE_URL: /),
      expect.stringMatching(/^NEXTAUTH_SECRET: /),
    ]);
  });

  it("runs where Helicone is turned off, says so to admins, and ends when it is asked to", async () => {
    const { child } = start({ ...settings, HELICONE_ENABLED: "false" });
    await expect.poll(isUp, { timeout: 20_000 }).toBe(true);
    const { statusCode, body } = await ask("/jawn/v1/organization");
    expect(statusCode).toBe(503);
    expect(await body.json()).toMatchObject({ error: { code: "helicone_off" } });
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it("names addresses that cannot share a session, and ends with whoever started it", async () => {
    const elsewhere = { HELICONE_DOOR_URL: "http://127.0.0.1:3001", HELICONE_URL: "http://127.0.0.1:9" };
    const { child, output } = start({ ...settings, ...elsewhere, HELICONE_ENABLED: "true" });
    await expect.poll(isUp, { timeout: 20_000 }).toBe(true);
    expect(output()).toContain("HELICONE_DOOR_URL: has to have the host name of NEXTAUTH_URL");
    child.disconnect();
    expect(await once(child, "exit")).toEqual([0, null]);
  });
});
