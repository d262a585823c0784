import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { openChildRegister } from "#supervisor/child-register.ts";
import { probePort } from "#supervisor/free-port.ts";
import { isAlive } from "#supervisor/postmaster.ts";
import { type ChildProgram, type SupervisedChild, superviseChild } from "#supervisor/supervised-child.ts";

let folder: string;
let lines: string[];
let children: SupervisedChild[];
const asked = new AbortController();

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "trinity-child-"));
  lines = [];
  children = [];
});

afterEach(async () => {
  for (const child of children) await child.stop();
  await rm(folder, { recursive: true });
});

/** A program that appends its id to `pids` and then does what the source says. */
async function supervise(source: string, options: Partial<ChildProgram> = {}): Promise<SupervisedChild> {
  const file = path.join(folder, "child.mjs");
  await writeFile(
    file,
    `import fs from "node:fs"; fs.appendFileSync("pids", process.pid + "\\n"); process.on("disconnect", () => process.exit()); ${source}`,
  );
  const program: ChildProgram = {
    name: "child",
    args: [file],
    cwd: folder,
    environment: () => ({ NODE_ENV: "test" }),
    logsDir: folder,
    stopTimeoutMs: 300,
    ...options,
  };
  const say = (line: string) => void lines.push(line);
  const child = await superviseChild(program, {
    say,
    signal: asked.signal,
    register: await openChildRegister(folder, say),
  });
  children.push(child);
  return child;
}

async function pids(count: number): Promise<number[]> {
  for (;;) {
    const found = (await readFile(path.join(folder, "pids"), "utf8").catch(() => ""))
      .split("\n")
      .filter(Boolean)
      .map(Number);
    if (found.length >= count) return found;
    await sleep(20);
  }
}

describe("a supervised child", () => {
  it("counts as started once its address answers well, not before", async () => {
    const port = await probePort(0);
    const beganAt = Date.now();
    await supervise(
      `import http from "node:http";
       const from = Date.now();
       http.createServer((q, r) => { r.statusCode = Date.now() - from > 600 ? 200 : 503; r.end(); }).listen(${port}, "127.0.0.1");`,
      { healthUrl: `http://127.0.0.1:${port}/` },
    );
    expect(Date.now() - beganAt).toBeGreaterThan(600);
  });

  it("that does not come up stops the start with its last words, and is gone", async () => {
    const start = supervise(`console.error("no such table"); setTimeout(() => process.exit(3), 50);`, {
      healthUrl: "http://127.0.0.1:1/",
    });
    await expect(start).rejects.toThrow("The child did not start: no such table");
    const [pid] = await pids(1);
    expect(isAlive(pid ?? 0)).toBe(false);
  });

  it("is started again each time it dies, after longer and longer pauses", async () => {
    await supervise(`fs.appendFileSync("births", Date.now() + "\\n"); setTimeout(() => process.exit(3), 10);`);
    await pids(4);
    let births: number[] = [];
    while (births.length < 4)
      births = (await readFile(path.join(folder, "births"), "utf8")).trim().split("\n").map(Number);
    const [first = 0, second = 0, third = 0, fourth = 0] = births;
    expect(second - first).toBeGreaterThanOrEqual(250);
    expect(third - second).toBeGreaterThanOrEqual(500);
    expect(fourth - third).toBeGreaterThanOrEqual(1_000);
    expect(lines).toContain("The child ended (exit code 3). Starting it again.");
  });

  it("is not started again once it was stopped", async () => {
    const child = await supervise("setInterval(() => {}, 1000);");
    await pids(1);
    await child.stop();
    await sleep(600);
    expect((await pids(1)).filter(isAlive)).toEqual([]);
    expect(await pids(1)).toHaveLength(1);
  });

  it("that ignores the request to stop is killed when its time is up", async () => {
    const child = await supervise(
      `process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); fs.writeFileSync("ready", "");`,
    );
    while (!(await readFile(path.join(folder, "ready")).catch(() => undefined))) await sleep(10);
    await child.stop();
    expect((await pids(1)).filter(isAlive)).toEqual([]);
  });

  it("gets the variables it is given and none of ours", async () => {
    process.env.SOME_SECRET_OF_OURS = "hunter2";
    await supervise(`fs.writeFileSync("seen", JSON.stringify(process.env)); setInterval(() => {}, 1000);`, {
      environment: () => ({ NODE_ENV: "test", GIVEN: "yes" }),
    });
    let seen = "";
    while (seen === "") {
      seen = await readFile(path.join(folder, "seen"), "utf8").catch(() => "");
      await sleep(10);
    }
    expect(seen).toContain('"GIVEN":"yes"');
    expect(seen).not.toContain("hunter2");
    delete process.env.SOME_SECRET_OF_OURS;
  });
});
