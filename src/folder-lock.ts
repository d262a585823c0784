import { randomUUID } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { DomainError } from "#domain/errors.ts";

/** A folder that belongs to this process until it is released, or the process is gone. */
export type FolderLock = { release(): Promise<void> };

/** Two that find the folder free at the same moment have both written their name by then; one of them reads the other's. */
const SETTLE_MS = 100;
/** A holder that is halted does not answer; it holds the folder all the same. */
const ANSWER_MS_MAX = 1_000;
/** The longest path that a socket may have, everywhere, with room for our own name. */
const FOLDER_PATH_MAX = 40;

/**
 * Makes a folder if it is missing and takes it for this process alone, by answering on a Unix socket in it. The
 * system closes a socket with its process, however that ends, so nothing is left to be cleaned up; and whoever
 * sees the folder can ask, also from another container, where process ids say nothing.
 * @throws DomainError `conflict` when a process has it, `unavailable` when no socket can be made in it
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return await takeLock(folder);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (error instanceof DomainError || code === "") throw error;
    throw new DomainError(
      "unavailable",
      `The folder ${folder} cannot be used (${code}). Make it writable or set DATA_DIR=…`,
    );
  }
}

async function takeLock(folder: string): Promise<FolderLock> {
  const short = shortPath(folder);
  const lock = path.join(short.path, "lock");
  const id = randomUUID();
  const own = path.join(short.path, id.slice(0, 8));
  const server = await answerOn(own, `${process.pid} ${id}`);
  const letGo = () => {
    server.close();
    short.close();
  };
  try {
    refuseHolder(await askHolder(lock), folder);
    await rename(own, lock);
    await sleep(SETTLE_MS);
    const holder = await askHolder(lock);
    if (holder?.endsWith(id) !== true) refuseHolder(holder ?? "", folder);
  } catch (error) {
    await rm(own, { force: true });
    letGo();
    throw error;
  }
  return {
    async release() {
      await rm(lock, { force: true });
      letGo();
    },
  };
}

function refuseHolder(holder: string | null, folder: string): void {
  if (holder === null) return;
  const [pid = ""] = holder.split(" ");
  const who = pid === "" ? "Another process" : `Another process (${pid})`;
  throw new DomainError("conflict", `${who} uses ${folder}. Stop it, or set DATA_DIR=… for a second one.`);
}

function answerOn(socketPath: string, answer: string): Promise<net.Server> {
  return new Promise((resolve, reject) => {
    const server = net.createServer((socket) => {
      socket.on("error", () => undefined); // whoever asked has gone
      socket.end(answer);
    });
    server.unref();
    server.once("error", reject);
    server.listen(socketPath, () => resolve(server));
  });
}

/** What the process that has the lock says of itself; empty when it says nothing in time; null when there is none. */
function askHolder(socketPath: string): Promise<string | null> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = net.connect(socketPath);
    socket.setTimeout(ANSWER_MS_MAX, () => {
      socket.destroy();
      resolve("");
    });
    socket.setEncoding("utf8").on("data", (text: string) => {
      answer += text;
    });
    socket.on("end", () => resolve(answer));
    socket.on("error", () => resolve(null)); // nobody listens: absent, or left behind
  });
}

/** A way to the folder that is short enough for a socket. To be closed when the folder is not needed any more. */
function shortPath(folder: string): { path: string; close(): void } {
  if (folder.length <= FOLDER_PATH_MAX || process.platform !== "linux") return { path: folder, close: () => undefined };
  const fd = openSync(folder, "r");
  return { path: `/proc/self/fd/${fd}`, close: () => closeSync(fd) };
}
