import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";

import { BARE_ENVIRONMENT } from "#supervisor/bare-environment.ts";
import { isAlive } from "#supervisor/postmaster.ts";

/** One line that names a process for good: its id and when it was started, because the id alone is given away again. */
export async function markProcess(pid: number): Promise<string> {
  if (process.platform === "linux") {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    const [, state, ...fields] = stat.slice(stat.lastIndexOf(")")).split(" ");
    // One that has ended and was not yet buried by its parent is gone for us.
    return `${pid} ${state === "Z" ? "" : (fields[18] ?? "")}`;
  }
  const ps = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8", env: BARE_ENVIRONMENT });
  return `${pid} ${ps.stdout?.trim() ?? ""}`;
}

/** The id in a mark. */
export function markedPid(mark: string): number {
  return Number.parseInt(mark, 10);
}

/** Whether the process that was marked still runs. */
export async function isMarkedAlive(mark: string): Promise<boolean> {
  const pid = markedPid(mark);
  return pid > 0 && isAlive(pid) && (await markProcess(pid)) === mark;
}
