import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The memory of a process that is resident now, in megabytes; null where the system does not say. */
export async function residentMegabytes(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => null);
  const text = status === null ? await askPs(pid) : /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
  const kilobytes = Number(text ?? Number.NaN);
  return Number.isFinite(kilobytes) ? kilobytes / 1024 : null;
}

async function askPs(pid: number): Promise<string | undefined> {
  return run("ps", ["-o", "rss=", "-p", String(pid)]).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );
}

/** The processor time that a process has taken so far, all its threads together; null where the system does not say (only Linux does). */
export async function processorMicroseconds(pid: number): Promise<number | null> {
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => []);
  const nanoseconds = await Promise.all(
    tasks.map(async (task) => {
      const schedule = await readFile(`/proc/${pid}/task/${task}/schedstat`, "utf8").catch(() => ""); // the thread has ended
      return Number(schedule.split(" ")[0] ?? 0);
    }),
  );
  return tasks.length === 0 ? null : nanoseconds.reduce((sum, taken) => sum + taken, 0) / 1000;
}
