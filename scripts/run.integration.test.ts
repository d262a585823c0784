import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "trinity-run-"));
  writeFileSync(path.join(folder, "package.json"), '{"type":"module"}'); // as in this project
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function run(source: string, args: readonly string[] = []) {
  const file = path.join(folder, "program.ts");
  writeFileSync(file, source);
  return spawn(process.execPath, [path.join(import.meta.dirname, "run.mjs"), file, ...args], { stdio: "pipe" });
}

const read = async (stream: Readable) => (await stream.setEncoding("utf8").toArray()).join("");
const codeOf = async (child: ChildProcess) => (await once(child, "close"))[0];

describe("node scripts/run.mjs", () => {
  it("gives the program its input and arguments, and its output to nobody else's mix", async () => {
    const child = run(
      `const chunks: string[] = [];
       for await (const chunk of process.stdin) chunks.push(String(chunk));
       console.log(JSON.stringify({ input: chunks.join(""), args: process.argv.slice(2) }));`,
      ["--", "-", "a b"],
    );
    child.stdin.end("line 1\nline 2\n");
    const [output, code] = await Promise.all([read(child.stdout), codeOf(child)]);
    expect(output).toBe('{"input":"line 1\\nline 2\\n","args":["--","-","a b"]}\n');
    expect(code).toBe(0);
  });

  it("ends with the program's exit code", async () => {
    expect(await codeOf(run("process.exitCode = 7;"))).toBe(7);
    expect(await codeOf(run("throw new Error('no');"))).toBe(1);
  });

  it("lets the program handle signals itself", async () => {
    const child = run(
      `process.on("SIGTERM", () => process.exit(9)); setInterval(() => {}, 1000); console.log("ready");`,
    );
    await once(child.stdout, "data");
    child.kill("SIGTERM");
    expect(await codeOf(child)).toBe(9);
  });

  it("says how it is used when it is not told what to run", async () => {
    const child = spawn(process.execPath, [path.join(import.meta.dirname, "run.mjs")]);
    const [text, code] = await Promise.all([read(child.stderr), codeOf(child)]);
    expect(text).toContain("usage:");
    expect(code).toBe(2);
  });
});
