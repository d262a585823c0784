import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import examples from "#testing/claude-price-examples.json" with { type: "json" };

const LINES = examples.map(({ model, usage }) => JSON.stringify({ model, usage }));
const COSTS = examples.map(({ cliCostUsd }) => String(Math.round(cliCostUsd * 1e9)));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "price-cli-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("npm run price", () => {
  it("prices a file, line by line, in its order", async () => {
    const file = path.join(folder, "examples.jsonl");
    await writeFile(file, `\uFEFF${LINES.join("\r\n")}`);
    const { code, lines, complaint } = await run([file], "");
    expect(lines.map((line) => line.costNanoUsd)).toEqual(COSTS);
    expect([code, complaint]).toEqual([0, `${LINES.length} priced, 0 not priced\n`]);
  });

  it("prices standard input, and answers a bad line in its place with exit code 1", async () => {
    const { code, lines, complaint } = await run(["-"], `${LINES[0]}\n\n{"model":\n${LINES[1]}\n`);
    expect(lines).toEqual([
      expect.objectContaining({ costNanoUsd: COSTS[0] }),
      { line: 3, error: "not JSON" },
      expect.objectContaining({ costNanoUsd: COSTS[1] }),
    ]);
    expect([code, complaint]).toEqual([1, "2 priced, 1 not priced\n"]);
  });

  it("says that a file cannot be read, with exit code 2 and nothing on standard output", async () => {
    const { code, lines, complaint } = await run([path.join(folder, "missing.jsonl")], "");
    expect([code, lines]).toEqual([2, []]);
    expect(complaint).toMatch(/^Cannot read .*missing\.jsonl: ENOENT/);
  });

  it("explains itself when asked, and when it is not told what to read", async () => {
    const usage = await run([], "");
    expect([usage.code, usage.lines]).toEqual([2, []]);
    expect(usage.complaint).toContain("npm run price -- FILE");
  });

  it("ends quietly when its reader leaves, even though more input would come", async () => {
    const child = start(["-"]);
    child.stdout.once("data", () => child.stdout.destroy());
    const feed = setInterval(() => child.stdin.write(`${LINES[0]}\n`.repeat(1000)), 5);
    child.stdin.on("error", () => clearInterval(feed)); // it left: that is the point
    const [code, complaint] = await Promise.all([exitOf(child), text(child.stderr)]);
    clearInterval(feed);
    expect([code, complaint]).toEqual([0, ""]);
  });
});

function start(args: string[]) {
  return spawn(process.execPath, ["--import", "tsx", "src/ledger/price-cli.ts", ...args], { stdio: "pipe" });
}

async function run(args: string[], input: string) {
  const child = start(args);
  child.stdin.end(input);
  const [code, answer, complaint] = await Promise.all([exitOf(child), text(child.stdout), text(child.stderr)]);
  const lines = answer.split("\n").filter((line) => line !== "");
  return { code, complaint, lines: lines.map((line): Record<string, unknown> => JSON.parse(line)) };
}

function exitOf(child: ReturnType<typeof start>): Promise<number | null> {
  return new Promise((resolve) => child.once("exit", resolve));
}
