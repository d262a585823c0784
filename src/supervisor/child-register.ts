import { appendFile, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { isMarkedAlive, markedPid, markProcess } from "#supervisor/process-mark.ts";

/** The children of this supervisor, noted in the data folder in case it is killed. */
export type ChildRegister = { note(name: string, pid: number): Promise<void> };

/** A gateway without its supervisor finishes the calls that are running, and then ends. */
const LEFTOVER_TIMEOUT_MS = 15_000;

/**
 * Opens the register. Children of an earlier supervisor that was killed are ending by themselves; this waits for them, since
 * they hold ports and the journal, and kills what does not end.
 */
export async function openChildRegister(dataDir: string, say: (line: string) => void): Promise<ChildRegister> {
  const file = path.join(dataDir, "children");
  const marks = (await readFile(file, "utf8").catch(() => "")).split("\n").map((line) => line.split("\t")[0] ?? "");
  await endLeftovers(marks, say);
  await rm(file, { force: true });
  return { note: async (name, pid) => appendFile(file, `${await markProcess(pid)}\t${name}\n`) };
}

async function endLeftovers(marks: readonly string[], say: (line: string) => void): Promise<void> {
  const startedAt = Date.now();
  let isAnnounced = false;
  for (const mark of marks) {
    while (await isMarkedAlive(mark)) {
      const waitedMs = Date.now() - startedAt;
      if (waitedMs > LEFTOVER_TIMEOUT_MS) process.kill(markedPid(mark), "SIGKILL");
      if (waitedMs > 2 * LEFTOVER_TIMEOUT_MS) return; // the ports and the journal will say what is wrong
      if (waitedMs > 1_000 && !isAnnounced) say("Waiting for processes of an earlier run to end…");
      isAnnounced = waitedMs > 1_000;
      await sleep(50);
    }
  }
}
