import { link, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { DomainError } from "#domain/errors.ts";
import { isMarkedAlive, markProcess } from "#supervisor/process-mark.ts";

/** A data folder that belongs to this process until it is released. */
export type LockedFolder = { release(): Promise<void> };

const SETTLE_MS = 100;
const NOT_WRITABLE = new Set(["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST", "ENOENT", "ENOSPC"]);

/**
 * Makes the folder if it is missing and takes it for this process alone. The lock of a process that is gone is taken over.
 * @throws DomainError `conflict` when another process has it, `unavailable` when it cannot be written to
 */
export async function lockDataFolder(dataDir: string): Promise<LockedFolder> {
  try {
    await makeFolder(path.resolve(dataDir));
    return await takeLock(dataDir);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (error instanceof DomainError || !NOT_WRITABLE.has(code)) throw error;
    const problem = code === "EEXIST" || code === "ENOTDIR" ? "is not a folder" : `cannot be written to (${code})`;
    throw new DomainError("unavailable", `The folder ${dataDir} ${problem}. Make it writable or set DATA_DIR=…`);
  }
}

/** Level by level: Node's own recursive mkdir never ends where the file system refuses with ENOENT, as below /proc. */
async function makeFolder(folder: string): Promise<void> {
  if ((await stat(folder).catch(() => undefined))?.isDirectory()) return;
  const parent = path.dirname(folder);
  if (parent !== folder) await makeFolder(parent);
  await mkdir(folder, { mode: 0o755 });
}

async function takeLock(dataDir: string): Promise<LockedFolder> {
  const lock = path.join(dataDir, "supervisor.lock");
  const own = `${lock}.${process.pid}`;
  const mark = await markProcess(process.pid);
  await writeFile(own, mark);
  try {
    const holder = await readFile(lock, "utf8").catch(() => undefined);
    if (holder !== undefined) {
      if (await isMarkedAlive(holder)) throw alreadyRunning(holder, dataDir);
      await rm(lock, { force: true });
    }
    await link(own, lock).catch(() => undefined);
    // Two processes may have found the same stale lock, and one has removed what the other had just made.
    if (holder !== undefined) await sleep(SETTLE_MS);
    const winner = await readFile(lock, "utf8");
    if (winner !== mark) throw alreadyRunning(winner, dataDir);
  } finally {
    await rm(own, { force: true });
  }
  return { release: () => releaseLock(lock, mark) };
}

function alreadyRunning(holder: string, dataDir: string): DomainError {
  const pid = Number.parseInt(holder, 10);
  return new DomainError(
    "conflict",
    `Already running as process ${pid} on ${dataDir}. Stop it, or set DATA_DIR=… for a second one.`,
  );
}

async function releaseLock(lock: string, mark: string): Promise<void> {
  if ((await readFile(lock, "utf8").catch(() => "")) === mark) await rm(lock, { force: true });
}
