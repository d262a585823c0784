import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { bootstrapHelicone } from "#helicone/bootstrap.ts";
import { type ScriptedAnthropic, startScriptedAnthropic } from "../e2e/anthropic/scripted-anthropic.ts";
import {
  type HeliconeStandIn,
  type HeliconeStandInOptions,
  startHeliconeStandIn,
} from "../e2e/helicone/helicone-stand-in.ts";

const PROGRAM = path.join(import.meta.dirname, "verify-helicone.ts");
const ANTHROPIC_KEY = "sk-ant-api03-a-key-that-anthropic-takes";
const PASSWORD = "chosen-by-hand";

let upstream: ScriptedAnthropic;
let helicone: HeliconeStandIn;
let folder: string;
const started: HeliconeStandIn[] = [];
beforeAll(async () => {
  upstream = await startScriptedAnthropic({ acceptedKeys: [ANTHROPIC_KEY] });
  helicone = await startHeliconeStandIn({ upstreamUrl: upstream.url });
  folder = await mkdtemp(path.join(os.tmpdir(), "verify-helicone-test-"));
  await writeFile(path.join(folder, "password"), `${PASSWORD}\n`);
  await writeFile(path.join(folder, "anthropic-key"), `${ANTHROPIC_KEY}\n`);
});
afterEach(async () => {
  upstream.reset();
  await Promise.all(started.splice(0).map((other) => other.close()));
  await helicone.reset();
});
afterAll(async () => {
  await helicone.close();
  await upstream.close();
  await rm(folder, { recursive: true });
});

async function other(options: Partial<HeliconeStandInOptions>): Promise<HeliconeStandIn> {
  const standIn = await startHeliconeStandIn({ upstreamUrl: upstream.url, ...options });
  started.push(standIn);
  return standIn;
}

type Ended = { code: number; stdout: string; stderr: string };

async function verify(standIn: HeliconeStandIn, ...args: string[]): Promise<Ended> {
  const where = ["--url", standIn.jawnUrl, "--web-url", standIn.webUrl];
  try {
    const ended = await promisify(execFile)(process.execPath, ["--import", "tsx", PROGRAM, ...where, ...args]);
    return { code: 0, ...ended };
  } catch (error) {
    const { code, stdout, stderr } = error as Ended; // execFile's error has them
    return { code, stdout, stderr };
  }
}

const byAccount = () => ["--email", "ops@example.test", "--password-file", path.join(folder, "password")];
const failures = ({ stdout }: Ended) => stdout.split("\n").filter((line) => line.startsWith("FAILS"));

describe("a Helicone that answers as recorded", () => {
  it("holds, from the set-up to the dashboard, and is asked for nothing that was not recorded", async () => {
    const ended = await verify(helicone, ...byAccount());
    expect([ended.code, failures(ended), ended.stderr]).toEqual([0, [], ""]);
    expect(ended.stdout).toMatch(/^holds {4}Helicone is set up without a click \(made the account ops@example.test, /);
    expect(ended.stdout.split("\n").filter((line) => line.startsWith("skipped"))).toEqual([
      expect.stringContaining("claude-opus-5-5 costs $0 with 0 tokens"),
    ]);
    expect(ended.stdout).toContain("All of it holds.");
    expect(helicone.violations()).toEqual([]);
  });

  it("holds with a key alone, the account and the proxy left out", async () => {
    const ended = await verify(helicone, "--key", helicone.createKey("rw"), "--no-proxy");
    expect([ended.code, failures(ended)]).toEqual([0, []]);
    expect(ended.stdout.match(/\(no account was given\)/g)).toHaveLength(2);
    expect(ended.stdout.match(/\(not asked for\)/g)).toHaveLength(2);
    expect(upstream.calls).toEqual([]);
  });

  it("holds with the account and keys that a set-up has kept", async () => {
    const { jawnUrl: url, webUrl } = helicone;
    const credentialsDir = path.join(folder, "kept");
    await bootstrapHelicone({ url, webUrl, credentialsDir, waitMs: 0, say: () => undefined });
    const ended = await verify(helicone, "--credentials-dir", credentialsDir, "--no-proxy");
    expect([ended.code, failures(ended)]).toEqual([0, []]);
    expect(ended.stdout).not.toContain("was given");
  });

  it("holds for a real message, where Anthropic's key is given", async () => {
    const ended = await verify(
      helicone,
      ...["--key", helicone.createKey("rw"), "--write-key", helicone.createKey("w")],
      ...["--anthropic-key-file", path.join(folder, "anthropic-key")],
    );
    expect([ended.code, failures(ended)]).toEqual([0, []]);
    expect(ended.stdout).toMatch(/holds {4}the proxy brings back Anthropic's answer.*\(status 200, row after/);
    expect(`${ended.stdout}${ended.stderr}`).not.toContain(ANTHROPIC_KEY);
  });
});

describe("what does not hold is named, and ends it with 1", () => {
  it("forgotten variables of the container", async () => {
    const bare = await other({ hasRegion: false, isOnPrem: false });
    const ended = await verify(bare, ...byAccount());
    expect(ended.code).toBe(1);
    expect(failures(ended).join("\n")).toContain("Region is missing");
    expect(failures(ended).join("\n")).toContain("NEXT_PUBLIC_IS_ON_PREM=true is missing");
  });

  it("no way out to Anthropic", async () => {
    const shut = await other({ upstreamUrl: "http://127.0.0.1:9" });
    const ended = await verify(shut, "--key", shut.createKey("rw"));
    expect(failures(ended)).toEqual([
      expect.stringContaining("is there a way out to api.anthropic.com?"),
      expect.stringContaining("it was not proxied: status 500"),
    ]);
  });

  it("a key that may not read, and a write-only key that may", async () => {
    const ended = await verify(helicone, ...["--key", helicone.createKey("w"), "--no-proxy"]);
    expect(failures(ended)[0]).toContain("this key may not read");
    const tooMuch = await verify(
      helicone,
      ...["--key", helicone.createKey("rw"), "--write-key", helicone.createKey("rw"), "--no-proxy"],
    );
    expect(failures(tooMuch)).toEqual([expect.stringContaining("it can read every agent's calls")]);
  });

  it("a ClickHouse that is down", async () => {
    const key = helicone.createKey("rw");
    await helicone.setFaults({ clickhouseDown: true });
    const ended = await verify(helicone, "--key", key, "--no-proxy");
    expect([ended.code, failures(ended)[0]]).toEqual([1, expect.stringContaining("ClickHouse does not answer")]);
  });
});

it("says how it is used where it is used otherwise", async () => {
  const ended = await verify(helicone);
  expect([ended.code, ended.stderr]).toEqual([1, expect.stringMatching(/^usage: npm run verify:helicone/)]);
});
