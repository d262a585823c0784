import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, expect, it } from "vitest";

import { readPortalFile } from "#helicone/credentials.ts";
import { type HeliconeStandIn, startHeliconeStandIn } from "../e2e/helicone/helicone-stand-in.ts";

const PROGRAM = path.join(import.meta.dirname, "helicone-bootstrap.ts");

let helicone: HeliconeStandIn;
let folder: string;
beforeAll(async () => {
  helicone = await startHeliconeStandIn({ upstreamUrl: "http://127.0.0.1:9" });
  folder = await mkdtemp(path.join(os.tmpdir(), "helicone-bootstrap-"));
});
afterAll(async () => {
  await helicone.close();
  await rm(folder, { recursive: true });
});

type Ended = { code: number; stdout: string; stderr: string };

async function run(args: string[], overrides: Record<string, string> = {}): Promise<Ended> {
  const env = {
    ...process.env,
    DATA_DIR: folder,
    HELICONE_ENABLED: "true",
    HELICONE_URL: helicone.jawnUrl,
    HELICONE_WEB_URL: helicone.webUrl,
    ...overrides,
  };
  try {
    const ended = await promisify(execFile)(process.execPath, ["--import", "tsx", PROGRAM, ...args], { env });
    return { code: 0, ...ended };
  } catch (error) {
    const { code, stdout, stderr } = error as Ended; // execFile's error has them
    return { code, stdout, stderr };
  }
}

it("sets Helicone up, says what it made, and ends; the second time it says that it is set up", async () => {
  const first = await run([]);
  expect([first.code, first.stderr]).toEqual([0, ""]);
  expect(first.stdout).toMatch(/^Made in Helicone: the account trinity@observability.local, the key trinity-gateway, /);
  expect(readPortalFile(path.join(folder, "helicone"))?.apiKey).toMatch(/^sk-helicone-/);
  const second = await run([]);
  expect([second.code, second.stdout]).toEqual([
    0,
    "Helicone is set up, with the account trinity@observability.local.\n",
  ]);
});

it("ends with 1 and one line where Helicone is not there in time", async () => {
  const ended = await run(["--wait", "0"], { HELICONE_WEB_URL: "http://127.0.0.1:9" });
  expect([ended.code, ended.stderr]).toEqual([1, "Helicone does not answer at http://127.0.0.1:9 (ECONNREFUSED).\n"]);
});

it("has nothing to do where Helicone is off or the keys are given", async () => {
  expect((await run([], { HELICONE_ENABLED: "false" })).stdout).toContain("turned off");
  const keys = { HELICONE_API_KEY: "sk-helicone-given", HELICONE_WRITE_KEY: "pk-helicone-given" };
  expect((await run([], keys)).stdout).toContain("in the settings");
});

it("an account is named with its password in a file, both or neither", async () => {
  const file = path.join(folder, "password");
  await writeFile(file, "wrong-password\n");
  helicone.createAccount({ email: "ops@example.test", password: "right-password" });
  const args = ["--email", "ops@example.test", "--password-file", file];
  expect((await run(args)).stderr).toContain("with another password");
  await writeFile(file, "right-password\n");
  expect((await run(args)).stdout).toMatch(/^Made in Helicone: the key trinity-gateway, /);
  expect((await run(["--email", "ops@example.test"])).stderr).toMatch(/^usage:/);
});
