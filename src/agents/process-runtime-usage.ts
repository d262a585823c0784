import { setTimeout as sleep } from "node:timers/promises";

import type { AgentUsage } from "#agents/runtime.ts";
import { findProcesses, type ProcessFilter, type ProcessRow } from "#process-table.ts";

type Sample = { atMs: number; rows: ProcessRow[] };

/** A sample that is younger than this tells little, because the system counts in hundredths of a second. */
const INTERVAL_MS_MIN = 250;
/** After a longer time, the mean since then is not what "now" means. */
const INTERVAL_MS_MAX = 30_000;

/** Measures what an agent consumes: since it was last asked, or else during a quarter of a second. */
export function createUsageMeter(filter: ProcessFilter) {
  let earlier: Sample | null = null;
  return async (): Promise<AgentUsage> => {
    const ageMs = earlier === null ? Number.POSITIVE_INFINITY : performance.now() - earlier.atMs;
    const isUsable = ageMs >= INTERVAL_MS_MIN && ageMs <= INTERVAL_MS_MAX;
    const before = isUsable && earlier !== null ? earlier : await takeSample(filter);
    if (before !== earlier) await sleep(INTERVAL_MS_MIN);
    const now = await takeSample(filter);
    earlier = now;
    return {
      cpuPercent: cpuPercent(before, now),
      memoryBytes: now.rows.reduce((sum, row) => sum + row.memoryBytes, 0),
      memoryLimitBytes: null,
    };
  };
}

/** Of one core. What a process has used that was not there before counts in full; what has ended counts no more. */
export function cpuPercent(before: Sample, now: Sample): number {
  const seconds = (now.atMs - before.atMs) / 1_000;
  const used = now.rows.reduce((sum, row) => {
    const same = before.rows.find(({ pid, startMark }) => pid === row.pid && startMark === row.startMark);
    return sum + row.cpuSeconds - (same?.cpuSeconds ?? 0);
  }, 0);
  return Math.max(0, Math.round((used / seconds) * 1_000) / 10);
}

async function takeSample(filter: ProcessFilter): Promise<Sample> {
  return { atMs: performance.now(), rows: await findProcesses(filter) };
}
