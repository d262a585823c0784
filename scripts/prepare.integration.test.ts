import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { withBuildLock } from "./build-lock.mjs";
import { fingerprint, isUpToDate, writeStamp } from "./fingerprint.mjs";
import { runStep } from "./run-step.mjs";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "trinity-prepare-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, text: string): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

describe("what counts as stale", () => {
  const print = () => fingerprint(folder, ["src", "package.json", "absent"], (file) => !file.endsWith(".test.ts"));

  it("changes with a file's content, its name, and with files that come and go", () => {
    write("src/a/b.ts", "1");
    const seen = [print()];
    write("src/a/b.ts", "2");
    seen.push(print());
    renameSync(path.join(folder, "src/a/b.ts"), path.join(folder, "src/a/c.ts"));
    seen.push(print());
    write("package.json", "{}");
    seen.push(print());
    rmSync(path.join(folder, "src"), { recursive: true });
    seen.push(print());
    expect(new Set(seen).size).toBe(seen.length);
  });

  it("does not change with what nothing is built from, nor with time", () => {
    const file = write("src/a.ts", "1");
    const before = print();
    write("src/a.test.ts", "1");
    write("README.md", "text");
    writeFileSync(file, "1");
    expect(print()).toBe(before);
  });

  it("is remembered by a stamp", () => {
    const stamp = path.join(folder, "deep/stamp");
    expect(isUpToDate(stamp, print())).toBe(false);
    writeStamp(stamp, print());
    expect(isUpToDate(stamp, print())).toBe(true);
    write("src/a.ts", "1");
    expect(isUpToDate(stamp, print())).toBe(false);
  });
});

describe("the lock of a build", () => {
  it("lets one at a time", async () => {
    const lines: string[] = [];
    const job = (name: string) => async () => {
      lines.push(`${name} begins`);
      await sleep(50);
      lines.push(`${name} ends`);
    };
    const script = `
      import fs from "node:fs";
      import { withBuildLock } from ${JSON.stringify(path.join(import.meta.dirname, "build-lock.mjs"))};
      await withBuildLock(process.argv[1], async () => {
        fs.appendFileSync("seen", "other begins\\n");
        await new Promise((resolve) => setTimeout(resolve, 500));
        fs.appendFileSync("seen", "other ends\\n");
      });`;
    const other = spawn(process.execPath, ["--input-type=module", "-e", script, folder], {
      cwd: folder,
      stdio: "inherit",
    });
    const ended = once(other, "exit");
    while (!existsSync(path.join(folder, "seen"))) await sleep(10);
    await withBuildLock(folder, job("ours"));
    expect(readFileSync(path.join(folder, "seen"), "utf8")).toBe("other begins\nother ends\n");
    expect(lines).toEqual(["ours begins", "ours ends"]);
    expect(await ended).toEqual([0, null]);
  });

  it("of a process that was killed does not count", async () => {
    write(".cache/prepare.lock", "999999999");
    expect(await withBuildLock(folder, async () => "done")).toBe("done");
    expect(existsSync(path.join(folder, ".cache/prepare.lock"))).toBe(false);
  });

  it("is given back when the work fails", async () => {
    const work = async () => {
      throw new Error("the build failed");
    };
    await expect(withBuildLock(folder, work)).rejects.toThrow("the build failed");
    expect(await withBuildLock(folder, async () => "done")).toBe("done");
  });
});

describe("a step", () => {
  it("that fails shows what it said", async () => {
    const source = "console.log('half way'); console.error('no space left'); process.exit(4)";
    await expect(runStep(process.execPath, ["-e", source], { cwd: folder })).rejects.toThrow(
      /half way[\s\S]*no space left[\s\S]*ended with 4/,
    );
  });

  it("that cannot be run says which", async () => {
    await expect(runStep("no-such-program", [], { cwd: folder })).rejects.toThrow("no-such-program could not be run");
  });
});
