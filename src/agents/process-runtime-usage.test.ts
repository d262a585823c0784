import { spawn } from "node:child_process";
import { once } from "node:events";

import { afterEach, describe, expect, it } from "vitest";

import { cpuPercent, createUsageMeter } from "#agents/process-runtime-usage.ts";
import { sendSignal } from "#process-table.ts";

const row = (pid: number, cpuSeconds: number, startMark = "a") => ({
  pid,
  startMark,
  cpuSeconds,
  parentPid: 1,
  memoryBytes: 1_000,
});

describe("the share of a core", () => {
  it.each([
    ["of a process that works half the time", [row(1, 5)], [row(1, 6)], 50],
    ["of two that work all the time", [row(1, 0), row(2, 0)], [row(1, 2), row(2, 2)], 200],
    ["of one that has just begun", [], [row(1, 1)], 50],
    ["of one that took the place of another", [row(1, 50, "a")], [row(1, 1, "b")], 50],
    ["without one that has ended", [row(1, 5), row(2, 0)], [row(2, 1)], 50],
    ["of nothing", [], [], 0],
  ])("%s", (_, before, now, percent) => {
    expect(cpuPercent({ atMs: 1_000, rows: before }, { atMs: 3_000, rows: now })).toBe(percent);
  });
});

describe("the meter", () => {
  let pid = 0;
  afterEach(() => sendSignal(-pid, "SIGKILL"));

  it("measures a busy program and its memory, at once and again", async () => {
    const busy = spawn("sh", ["-c", "echo ready; while :; do :; done"], {
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
    });
    pid = busy.pid ?? 0;
    await once(busy.stdout, "data");
    const meter = createUsageMeter({ rootPid: pid });
    for (const _ of [1, 2]) {
      const usage = await meter();
      expect(usage.cpuPercent).toBeGreaterThan(10);
      expect(usage.memoryBytes).toBeGreaterThan(100_000);
      expect(usage.memoryLimitBytes).toBeNull();
    }
  });
});
