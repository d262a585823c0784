import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const WAIT_MS = 200;
const TRIES_IN_SILENCE = 10;

/**
 * Runs the work while no other process prepares the same folder: two builds at once would spoil each other's output.
 * The lock of a process that is gone does not count.
 * @template T
 * @param {string} root
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withBuildLock(root, work) {
  const lock = path.join(root, ".cache", "prepare.lock");
  const own = `${lock}.${process.pid}`;
  mkdirSync(path.dirname(lock), { recursive: true });
  writeFileSync(own, String(process.pid));
  try {
    await waitForLock(own, lock);
    return await work();
  } finally {
    if (readHolder(lock) === process.pid) rmSync(lock, { force: true });
    rmSync(own, { force: true });
  }
}

async function waitForLock(own, lock) {
  for (let tries = 1; !takeLock(own, lock); tries += 1) {
    if (tries === TRIES_IN_SILENCE)
      process.stderr.write(`Waiting for process ${readHolder(lock)}, which prepares this folder…\n`);
    await sleep(WAIT_MS);
  }
}

function takeLock(own, lock) {
  const holder = readHolder(lock);
  if (holder !== undefined && !isAlive(holder)) rmSync(lock, { force: true });
  try {
    linkSync(own, lock);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

function readHolder(lock) {
  try {
    return Number(readFileSync(lock, "utf8"));
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
