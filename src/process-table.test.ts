import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";

import { afterEach, expect, it } from "vitest";

import { findProcesses, killProcesses, parsePs } from "#process-table.ts";

const started: string[] = [];
afterEach(async () => {
  for (const mark of started.splice(0)) await killProcesses({ variable: `TEST_MARK=${mark}` });
});

/** A shell with a child of its own and one that has cut loose; prints a line when all three run. */
async function startFamily(mark: string) {
  const script = "sleep 300 & (setsid sleep 301 &) ; echo ready; wait";
  const env = { PATH: process.env.PATH, TEST_MARK: mark } as unknown as NodeJS.ProcessEnv; // no NODE_ENV for a shell
  const shell = spawn("sh", ["-c", script], { env, detached: true, stdio: ["ignore", "pipe", "ignore"] });
  started.push(mark);
  await once(shell.stdout, "data");
  return shell.pid ?? 0;
}

it("finds what a program has started, also what has cut loose from it, with its memory", async () => {
  const mark = randomUUID();
  const pid = await startFamily(mark);
  await expect.poll(async () => (await findProcesses({ variable: `TEST_MARK=${mark}` })).length).toBe(3);
  const rows = await findProcesses({ variable: `TEST_MARK=${mark}` });
  expect(rows.map((row) => row.pid)).toContain(pid);
  expect(rows.every((row) => row.memoryBytes > 100_000 && row.startMark !== "")).toBe(true);
  expect((await findProcesses({ rootPid: pid })).map((row) => row.pid)).toContain(pid);
});

it("kills all of them, and nobody else", async () => {
  const [mark, other] = [randomUUID(), randomUUID()];
  await startFamily(mark);
  await startFamily(`${mark}-and-more`);
  await startFamily(other);
  const count = async (of: string) => (await findProcesses({ variable: `TEST_MARK=${of}` })).length;
  for (const each of [mark, `${mark}-and-more`, other]) await expect.poll(() => count(each)).toBe(3);
  await killProcesses({ variable: `TEST_MARK=${mark}` });
  await expect.poll(() => count(mark)).toBe(0);
  expect([await count(`${mark}-and-more`), await count(other)]).toEqual([3, 3]);
});

it("answers many who ask at once, each with what is true after it asked", async () => {
  const mark = randomUUID();
  const filter = { variable: `TEST_MARK=${mark}` };
  const before = Array.from({ length: 50 }, () => findProcesses(filter));
  await startFamily(mark);
  const after = Array.from({ length: 50 }, () => findProcesses(filter));
  expect((await Promise.all(before)).every((rows) => rows.length <= 3)).toBe(true);
  expect((await Promise.all(after)).every((rows) => rows.length >= 1)).toBe(true);
});

it("finds nothing below a process that is gone", async () => {
  expect(await findProcesses({ rootPid: 2 ** 22 + 1 })).toEqual([]);
});

it("reads what ps prints on other systems", () => {
  const text = [
    "    1     0   9216   0:05.43 Mon Nov 23 08:00:01 2026",
    "  812     1 402112 1-02:03:04 Mon Nov 23 08:00:02 2026",
    "",
  ].join("\n");
  expect(parsePs(text)).toEqual([
    { pid: 1, parentPid: 0, memoryBytes: 9_437_184, cpuSeconds: 5.43, startMark: "Mon Nov 23 08:00:01 2026" },
    { pid: 812, parentPid: 1, memoryBytes: 411_762_688, cpuSeconds: 93_784, startMark: "Mon Nov 23 08:00:02 2026" },
  ]);
});
