import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

/** A process at one moment. `cpuSeconds` counts since it began; `startMark` tells it from a later one with its id. */
export type ProcessRow = { pid: number; parentPid: number; startMark: string; cpuSeconds: number; memoryBytes: number };

/** Which processes: those with `variable` in the environment they were started with, and `rootPid` with all below it. */
export type ProcessFilter = { variable?: string; rootPid?: number };

const CLOCK_TICKS_PER_SECOND = 100;
const SECONDS_PER_DAY = 86_400;
const KILL_ROUNDS_MAX = 10;
const KILL_PAUSE_MS = 20;
const run = promisify(execFile);

/**
 * The processes that a program has started, its children's children included. On Linux also those that have cut
 * loose (a daemon, or after their parent's death), by the variable that they inherited; elsewhere by parentage alone.
 */
export async function findProcesses(filter: ProcessFilter): Promise<ProcessRow[]> {
  return Promise.all(selectRows(await takeSnapshot(), filter).map(withMemory));
}

/**
 * Kills what the filter finds, and of the `known` those that still run, until there is nothing left to kill, since
 * some may start others meanwhile. Never the calling process.
 */
export async function killProcesses(filter: ProcessFilter, known: readonly ProcessRow[] = []): Promise<void> {
  for (let round = 0; round < KILL_ROUNDS_MAX; round += 1) {
    const snapshot = await takeSnapshot();
    const survivors = snapshot.rows.filter((row) =>
      known.some(({ pid, startMark }) => pid === row.pid && startMark === row.startMark),
    );
    const pids = new Set([...selectRows(snapshot, filter), ...survivors].map((row) => row.pid));
    pids.delete(process.pid);
    if (pids.size === 0) return;
    for (const pid of pids) sendSignal(pid, "SIGKILL");
    await sleep(KILL_PAUSE_MS);
  }
}

/** Sends a signal to a process, or with a negative id to a group; false when there is none. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Reads the output of `ps -axo pid=,ppid=,rss=,time=,lstart=`. */
export function parsePs(text: string): ProcessRow[] {
  return text.split("\n").flatMap((line) => {
    const [pid, parentPid, kilobytes, time, ...started] = line.trim().split(/\s+/);
    if (pid === undefined || time === undefined) return [];
    return [
      {
        pid: Number(pid),
        parentPid: Number(parentPid),
        startMark: started.join(" "),
        cpuSeconds: cpuSeconds(time),
        memoryBytes: Number(kilobytes) * 1024,
      },
    ];
  });
}

/** "[days-][hours:]minutes:seconds[.hundredths]", as ps prints it. */
function cpuSeconds(time: string): number {
  const [days, clock] = time.includes("-") ? time.split("-") : ["0", time];
  return Number(days) * SECONDS_PER_DAY + (clock ?? "").split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
}

/** All processes at one moment, and where the system tells, what their environment was when they began. */
type Snapshot = { rows: ProcessRow[]; environments: Map<number, string> };

/** Many may ask at once: all who ask while one is being taken share the next. */
const takeSnapshot = sharedFromNow(async (): Promise<Snapshot> => {
  if (process.platform !== "linux") return { rows: parsePs(await readPs()), environments: new Map() };
  const rows = await readProc();
  const read = rows.map(async ({ pid }) => [pid, await readEnvironment(pid)] as const);
  return { rows, environments: new Map(await Promise.all(read)) };
});

/** Whoever calls gets a result whose making began after the call. */
function sharedFromNow<T>(make: () => Promise<T>): () => Promise<T> {
  let current: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | null = null;
  return () => {
    next ??= current.then(() => {
      next = null;
      const made = make();
      current = made.catch(() => undefined);
      return made;
    });
    return next;
  };
}

function selectRows({ rows, environments }: Snapshot, { rootPid, variable }: ProcessFilter): ProcessRow[] {
  const family = new Set(rootPid === undefined ? [] : withDescendants(rows, rootPid));
  const isMarked = (pid: number) =>
    variable !== undefined && environments.get(pid)?.includes(`\0${variable}\0`) === true;
  return rows.filter(({ pid }) => family.has(pid) || isMarked(pid));
}

async function readPs(): Promise<string> {
  const env = { PATH: "/usr/bin:/bin", LC_ALL: "C" } as unknown as NodeJS.ProcessEnv; // Next's types demand a NODE_ENV
  return (await run("ps", ["-axo", "pid=,ppid=,rss=,time=,lstart="], { env, maxBuffer: 16 * 1024 * 1024 })).stdout;
}

async function readProc(): Promise<ProcessRow[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const rows = await Promise.all(pids.map((pid) => readStat(Number(pid))));
  return rows.filter((row) => row !== null);
}

/** Null when it has ended meanwhile. */
async function readStat(pid: number): Promise<ProcessRow | null> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  if (text === null) return null;
  // The second field is the program's name in brackets, which may hold anything.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, parentPid] = fields;
  const [userTicks, systemTicks, startMark] = [fields[11], fields[12], fields[19]];
  if (state === "Z") return null;
  return {
    pid,
    parentPid: Number(parentPid),
    startMark: startMark ?? "",
    cpuSeconds: (Number(userTicks) + Number(systemTicks)) / CLOCK_TICKS_PER_SECOND,
    memoryBytes: 0,
  };
}

/** The resident memory is read for the few processes that are asked for, in bytes whatever the size of a page. */
async function withMemory(row: ProcessRow): Promise<ProcessRow> {
  if (process.platform !== "linux") return row;
  const status = await readFile(`/proc/${row.pid}/status`, "utf8").catch(() => "");
  return { ...row, memoryBytes: Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024 };
}

function withDescendants(rows: readonly ProcessRow[], rootPid: number): number[] {
  const found = rows.some((row) => row.pid === rootPid) ? [rootPid] : [];
  for (const parent of found) {
    for (const row of rows) if (row.parentPid === parent && !found.includes(row.pid)) found.push(row.pid);
  }
  return found;
}

/** Every entry between two NULs; nothing of a process that is another user's, or gone. */
async function readEnvironment(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/environ`, "latin1").catch(() => "");
  return `\0${text}\0`;
}
