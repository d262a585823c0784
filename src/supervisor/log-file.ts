import { copyFile, mkdir, open, readdir, rename, stat, truncate } from "node:fs/promises";
import path from "node:path";

/** The output of one process, written by that process itself: a busy supervisor slows nobody down. */
export type OpenLog = {
  fd: number;
  close(): Promise<void>;
  /** What was written since it was opened; of long output the end. */
  readNew(): Promise<string>;
};

const TAIL_BYTES = 4_000;

/** Opens `<name>.log` for appending. */
export async function openLog(logsDir: string, name: string): Promise<OpenLog> {
  await mkdir(logsDir, { recursive: true });
  const file = path.join(logsDir, `${name}.log`);
  const handle = await open(file, "a", 0o600);
  const from = (await handle.stat()).size;
  return { fd: handle.fd, close: () => handle.close(), readNew: () => readTail(file, from) };
}

async function readTail(file: string, from: number): Promise<string> {
  const handle = await open(file, "r");
  try {
    const { size } = await handle.stat();
    const start = Math.max(Math.min(from, size), size - TAIL_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/**
 * Empties each log that has grown beyond the size, keeping its content as `<name>.log.1`. The processes go on writing to the
 * same file; lines written in the instant of the copy can be lost.
 */
export async function rotateLogs(logsDir: string, bytesMax: number): Promise<void> {
  for (const name of await readdir(logsDir)) {
    const file = path.join(logsDir, name);
    if (!name.endsWith(".log") || (await stat(file)).size <= bytesMax) continue;
    await copyFile(file, `${file}.new`);
    await truncate(file);
    await rename(`${file}.new`, `${file}.1`);
  }
}
