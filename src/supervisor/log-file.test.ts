import { writeSync } from "node:fs";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { openLog, rotateLogs } from "#supervisor/log-file.ts";

let logsDir: string;

beforeEach(async () => {
  logsDir = await mkdtemp(path.join(os.tmpdir(), "trinity-logs-"));
});

afterEach(async () => {
  await rm(logsDir, { recursive: true });
});

describe("the logs", () => {
  it("are readable by their owner only", async () => {
    const log = await openLog(logsDir, "gateway");
    expect((await stat(path.join(logsDir, "gateway.log"))).mode & 0o777).toBe(0o600);
    await log.close();
  });

  it("tell what was written since they were opened, and of much only the end", async () => {
    const earlier = await openLog(logsDir, "gateway");
    writeSync(earlier.fd, "earlier\n");
    await earlier.close();
    const log = await openLog(logsDir, "gateway");
    writeSync(log.fd, "now\n");
    expect(await log.readNew()).toBe("now\n");
    writeSync(log.fd, `${"x".repeat(100_000)}end`);
    expect(await log.readNew()).toMatch(/^x{3997}end$/);
    await log.close();
  });

  it("are emptied beyond their size while a process goes on writing, with the former content kept once", async () => {
    const log = await openLog(logsDir, "gateway");
    writeSync(log.fd, "a".repeat(1_001));
    await rotateLogs(logsDir, 1_000);
    writeSync(log.fd, "b");
    await rotateLogs(logsDir, 1_000);
    expect(await readFile(path.join(logsDir, "gateway.log"), "utf8")).toBe("b");
    expect(await readFile(path.join(logsDir, "gateway.log.1"), "utf8")).toBe("a".repeat(1_001));
    await log.close();
  });
});
