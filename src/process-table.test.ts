import { spawn } from "node:child_process";
import { once } from "node:events";

import { afterEach, expect, it } from "vitest";

import { findProcesses, killProcesses, parsePs, sendSignal } from "#process-table.ts";

const started: number[] = [];
afterEach(() => {
  for (const pid of started.splice(0)) sendSignal(-pid, "SIGKILL");
});

/** A shell with a child of its own and one that has cut loose; prints a line when all three run. */
async function startFamily(mark: string) {
  const script = "sleep 300 & (setsid sleep 301 &) ; echo ready; wait";
  const env = { PATH: process.env.PATH, TEST_MARK: mark } as unknown as NodeJS.ProcessEnv; // no NODE_ENV for a shell
  const shell = spawn("sh", ["-c", script], { env, detached: true, stdio: ["ignore", "pipe", "ignore"] });
  started.push(shell.pid ?? 0);
  await once(shell.stdout, "data");
  return shell.pid ?? 0;
}

it("finds what a program has started, also what has cut loose from it, with its memory", async () => {
  const pid = await startFamily("family-1");
  await expect.poll(async () => (await findProcesses({ variable: "TEST_MARK=family-1" })).length).toBe(3);
  const rows = await findProcesses({ variable: "TEST_MARK=family-1" });
  expect(rows.map((row) => row.pid)).toContain(pid);
  expect(rows.every((row) => row.memoryBytes > 100_000 && row.startMark !== "")).toBe(true);
  expect((await findProcesses({ rootPid: pid })).map((row) => row.pid)).toContain(pid);
});

it("kills all of them, and nobody else", async () => {
  await startFamily("family-2");
  await startFamily("family-20");
  await expect.poll(async () => (await findProcesses({ variable: "TEST_MARK=family-20" })).length).toBe(3);
  await killProcesses({ variable: "TEST_MARK=family-2" });
  await expect.poll(() => findProcesses({ variable: "TEST_MARK=family-2" })).toEqual([]);
  expect(await findProcesses({ variable: "TEST_MARK=family-20" })).toHaveLength(3);
  await killProcesses({ variable: "TEST_MARK=family-20" });
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
