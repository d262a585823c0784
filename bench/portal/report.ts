export type ViewFigures = { name: string; p50: number; p95: number };

export type Results = {
  quiet: readonly ViewFigures[];
  /** While the ledger is being written. */
  busy: readonly ViewFigures[];
  pages: Readonly<Record<string, readonly number[]>>;
  writtenPerSecond: number;
  bytesPerCall: number;
};

export type ReachLine = { what: string; figure: string; pass: boolean };

const P95_MS_MAX = 150;
const USABLE_MS_MAX = 2_000;
const TIMES_AS_LONG_MAX = 1.5;
const WRITTEN_PER_SECOND_MIN = 1_900;
const BYTES_AIM = 400;
/** A table of every agent, which people open less often than the overview: no mark is set for it. */
const SHOWN_ONLY = "agents";

/** Holds the results against what the portal has to reach; the disk is an aim, shown and not judged. */
export function judge({ quiet, busy, pages, writtenPerSecond, bytesPerCall }: Results): ReachLine[] {
  const judged = quiet.filter(({ name }) => name !== SHOWN_ONLY);
  const slowest = judged.reduce((worst, view) => (view.p95 > worst.p95 ? view : worst));
  const opened = Object.entries(pages).map(([name, taken]) => ({ name, ms: Math.max(...taken) }));
  const middle = (views: readonly ViewFigures[]) => views.reduce((sum, { p50 }) => sum + p50, 0);
  const timesAsLong = middle(busy) / middle(quiet);
  const tooSlow = judged.filter(({ p95 }) => p95 > P95_MS_MAX).map(({ name }) => name);
  return [
    {
      what: `server time of overview, agent and calls, p95: at most ${P95_MS_MAX} ms`,
      figure: `${slowest.p95.toFixed(0)} ms for "${slowest.name}"${tooSlow.length > 1 ? `; above it also: ${tooSlow.join(", ")}` : ""}`,
      pass: tooSlow.length === 0,
    },
    {
      what: `pages usable in a browser without a cache: within ${USABLE_MS_MAX} ms`,
      figure: opened.map(({ name, ms }) => `${name} ${ms.toFixed(0)} ms`).join(", "),
      pass: opened.every(({ ms }) => ms <= USABLE_MS_MAX),
    },
    {
      what: `while calls are written, views take at most ${TIMES_AS_LONG_MAX} times as long`,
      figure: `${timesAsLong.toFixed(2)} times at ${writtenPerSecond.toFixed(0)} calls/s`,
      pass: timesAsLong <= TIMES_AS_LONG_MAX && writtenPerSecond >= WRITTEN_PER_SECOND_MIN,
    },
    {
      what: `disk for each call, indexes included (aim: ${BYTES_AIM} bytes; not judged)`,
      figure: `${bytesPerCall.toFixed(0)} bytes`,
      pass: true,
    },
  ];
}

/** A line for each view: quiet, and while the ledger is written. */
export function formatTable({ quiet, busy }: Results): string {
  const cell = (ms: number | undefined) => (ms === undefined ? "" : ms.toFixed(1)).padStart(10);
  const lines = quiet.map(({ name, p50, p95 }, at) => {
    return `${name.padEnd(28)}${cell(p50)}${cell(p95)}${cell(busy[at]?.p50)}${cell(busy[at]?.p95)}`;
  });
  const head = `${"server time in ms".padEnd(28)}${["p50", "p95", "p50 busy", "p95 busy"].map((title) => title.padStart(10)).join("")}`;
  return [head, ...lines, ""].join("\n");
}
