import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { lockDataFolder } from "#supervisor/data-folder.ts";
import { markProcess } from "#supervisor/process-mark.ts";

let dataDir: string;

beforeEach(async () => {
  dataDir = path.join(await mkdtemp(path.join(os.tmpdir(), "trinity-folder-")), "data");
});

afterEach(async () => {
  await rm(path.dirname(dataDir), { recursive: true });
});

const lockFile = () => path.join(dataDir, "supervisor.lock");

describe("the lock of the data folder", () => {
  it("is refused while another process has it, by that process's id, and free after its release", async () => {
    const folder = await lockDataFolder(dataDir);
    await expect(lockDataFolder(dataDir)).rejects.toThrow(`Already running as process ${process.pid}`);
    await folder.release();
    await (await lockDataFolder(dataDir)).release();
  });

  it("of a process that is gone is taken over", async () => {
    const gone = spawn(process.execPath, ["-e", ""]);
    const mark = await markProcess(gone.pid ?? 0);
    await once(gone, "exit");
    await (await lockDataFolder(dataDir)).release();
    await writeFile(lockFile(), mark);
    const folder = await lockDataFolder(dataDir);
    expect(await readFile(lockFile(), "utf8")).toBe(await markProcess(process.pid));
    await folder.release();
  });

  it("does not count when the system has given the process id to another program", async () => {
    await (await lockDataFolder(dataDir)).release();
    await writeFile(lockFile(), `${process.ppid} started-at-another-time`);
    await (await lockDataFolder(dataDir)).release();
  });

  it("goes to one of several that find the same stale lock at once", async () => {
    await (await lockDataFolder(dataDir)).release();
    await writeFile(lockFile(), "999999999 1");
    const script = `
      import { lockDataFolder } from "#supervisor/data-folder.ts";
      await lockDataFolder(process.argv[1]).then(() => console.log("mine"), () => {});
      setTimeout(() => {}, 1500);`;
    const rivals = [1, 2, 3].map(() =>
      spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script, dataDir], {
        cwd: path.resolve(import.meta.dirname, "../.."),
        stdio: ["ignore", "pipe", "inherit"],
      }),
    );
    const outputs = await Promise.all(
      rivals.map(async (rival) => (await rival.stdout.setEncoding("utf8").toArray()).join("")),
    );
    expect(outputs.sort()).toEqual(["", "", "mine\n"]);
  });

  it("says so when the folder cannot be made", async () => {
    await writeFile(dataDir, "a file");
    await expect(lockDataFolder(dataDir)).rejects.toThrow(/is not a folder\. Make it writable or set DATA_DIR=…/);
  });
});
