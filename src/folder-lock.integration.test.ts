import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { lockFolder } from "#folder-lock.ts";

let folder: string;
beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(os.tmpdir(), "trinity-test-lock-")), "folder");
});
afterEach(() => rm(path.dirname(folder), { recursive: true }));

const SCRIPT = `
  import { lockFolder } from "#folder-lock.ts";
  await lockFolder(process.argv[1]).then(() => console.log("mine"), (error) => console.log(error.message));
  setInterval(() => {}, 1000);`;

/** Another process that tries to take the folder, and what it says once it has tried. */
async function startRival(): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", SCRIPT, folder], {
    cwd: path.resolve(import.meta.dirname, ".."),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said] = await once(child.stdout, "data");
  return { child, said: String(said).trim() };
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}

describe("the lock of a folder", () => {
  it("is refused in one line while another process has it, also while that one is halted", async () => {
    const { child, said } = await startRival();
    expect(said).toBe("mine");
    const refusal = `Another process (${child.pid}) uses ${folder}. Stop it, or set DATA_DIR=… for a second one.`;
    await expect(lockFolder(folder)).rejects.toThrow(refusal);
    child.kill("SIGSTOP");
    await expect(lockFolder(folder)).rejects.toThrow(`Another process uses ${folder}.`);
    await kill(child);
  });

  it("is free as soon as its holder was killed", async () => {
    const { child } = await startRival();
    await kill(child);
    await (await lockFolder(folder)).release();
  });

  it("is free again after its release, which leaves nothing behind", async () => {
    for (let round = 0; round < 2; round += 1) await (await lockFolder(folder)).release();
    expect(await readdir(folder)).toEqual([]);
  });

  it("is not held by a file, whatever process id it names", async () => {
    await (await lockFolder(folder)).release();
    await writeFile(path.join(folder, "lock"), `${process.ppid} alive`);
    await (await lockFolder(folder)).release();
  });

  it("goes to one of several that ask at the same moment", async () => {
    const rivals = await Promise.all([1, 2, 3].map(startRival));
    expect(rivals.filter(({ said }) => said === "mine")).toHaveLength(1);
    await Promise.all(rivals.map(({ child }) => kill(child)));
  });

  it("works in a folder whose path is longer than a socket's may be", async () => {
    const deep = path.join(folder, "d".repeat(100), "e".repeat(100));
    const lock = await lockFolder(deep);
    await expect(lockFolder(deep)).rejects.toThrow(`Another process (${process.pid}) uses`);
    await lock.release();
    expect(await readdir(deep)).toEqual([]);
  });

  it("says so when the folder cannot be made", async () => {
    await writeFile(folder, "a file");
    await expect(lockFolder(folder)).rejects.toThrow(
      /cannot be used \((EEXIST|ENOTDIR)\)\. Make it writable or set DATA_DIR=…/,
    );
  });
});
