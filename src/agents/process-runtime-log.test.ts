import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { openAgentLog } from "#agents/process-runtime-log.ts";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "agent-log-"));
  file = path.join(folder, "agent.log");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const BYTES = 100_000;
const never = new AbortController().signal;
const lastLines = (tail: number) => ({ tail, follow: false, signal: never });

async function take(lines: AsyncIterable<string>, count: number): Promise<string[]> {
  const taken: string[] = [];
  for await (const line of lines) {
    taken.push(line);
    if (taken.length === count) break;
  }
  return taken;
}

describe("an agent's log", () => {
  it("has the last lines, whole, however they came, and after a restart too", async () => {
    const log = await openAgentLog(file, BYTES);
    for (const piece of ["o", "ne\ntwo\r\n", "\n", "four"]) log.write(piece);
    expect(await take(log.read(lastLines(2)), 9)).toEqual(["two", ""]);
    await log.end();
    const again = await openAgentLog(file, BYTES);
    expect(await take(again.read(lastLines(50)), 9)).toEqual(["one", "two", "", "four"]);
    expect(await take(again.read(lastLines(0)), 9)).toEqual([]);
    await again.end();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it("is followed live by several readers, from the moment they ask", async () => {
    const log = await openAgentLog(file, BYTES);
    log.write("before\n");
    const stop = new AbortController();
    const readers = [1, 2].map((tail) => take(log.read({ tail, follow: true, signal: stop.signal }), 3));
    const late = log.read({ tail: 0, follow: true, signal: stop.signal });
    log.write("a\n");
    log.write("b\nc\n");
    expect(await Promise.all(readers)).toEqual([
      ["before", "a", "b"],
      ["before", "a", "b"],
    ]);
    expect(await take(late, 2)).toEqual(["a", "b"]);
    await log.end();
  });

  it("ends for a reader who is stopped, at once, and for all when it is removed", async () => {
    const log = await openAgentLog(file, BYTES);
    const stop = new AbortController();
    const [stopped, other] = [stop.signal, never].map((signal) => take(log.read({ tail: 9, follow: true, signal }), 9));
    log.write("a\n");
    stop.abort();
    expect(await stopped).toEqual(["a"]);
    await log.remove();
    expect(await other).toEqual(["a"]);
    expect(await readdir(folder)).toEqual([]);
    expect(await take(log.read({ tail: 0, follow: true, signal: AbortSignal.abort() }), 1)).toEqual([]);
  });

  it("stays within its size, and keeps the newest", async () => {
    const log = await openAgentLog(file, BYTES);
    for (let number = 0; number < 20_000; number += 1) {
      log.write(`line ${number} ${"x".repeat(20)}\n`);
      if (number % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await log.end();
    const sizes = await Promise.all(
      (await readdir(folder)).map(async (name) => (await stat(path.join(folder, name))).size),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(BYTES * 1.5);
    expect(await readFile(file, "utf8")).toContain("line 19999 ");
    expect(log.last(1)[0]).toMatch(/^line 19999/);
    const again = await openAgentLog(file, BYTES);
    expect(await take(again.read(lastLines(5_000)), 9_999)).toHaveLength(1_000);
    await again.end();
  });

  it("cuts lines without end, and a reader who never reads costs little", async () => {
    const log = await openAgentLog(file, BYTES * 100);
    const idle = log.read({ tail: 0, follow: true, signal: never });
    for (let number = 0; number < 30_000; number += 1) log.write(`${number}\n`);
    log.write("x".repeat(100_000));
    log.write("y\n");
    expect(log.last(1)[0]).toHaveLength(16_385);
    const [first] = await take(idle, 1);
    expect(Number(first)).toBeGreaterThan(19_000);
    await log.end();
  });

  it("goes on in memory where the disk refuses", async () => {
    await writeFile(path.join(folder, "not-a-folder"), "");
    const log = await openAgentLog(path.join(folder, "not-a-folder", "agent.log"), BYTES);
    log.write("a\n");
    await log.end();
    expect(log.last(5)).toEqual(["a"]);
  });
});
