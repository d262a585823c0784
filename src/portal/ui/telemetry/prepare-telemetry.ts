import { max } from "#domain/cost-drift.ts";
import { formatUsd } from "#domain/money.ts";
import type { RouterOutputs } from "#portal/client/trpc.ts";
import { formatCount, formatShare } from "#portal/ui/format/counts.ts";

export type TelemetryReport = RouterOutputs["telemetry"]["report"];
type Day = TelemetryReport["days"][number];
type Reason = NonNullable<Day["drift"]>["reasons"][number];

export type DriftRow = {
  key: number;
  day: string;
  ledger: string;
  /** Null: it reported nothing. */
  reported: string | null;
  /** Null: Helicone was not compared on this day. */
  helicone: string | null;
  /** "+$0.12 · 3.1 %"; null: nothing to compare. */
  difference: string | null;
  reasons: string[];
};

const WORDS: Record<Reason["reason"], (amount: string) => string> = {
  unrouted: (amount) => `${amount} in calls that did not pass the gateway`,
  "missing-flush": (amount) => `${amount} told call by call, but not in its sums: a process ended too early`,
  unreported: (amount) => `${amount} in calls that Claude Code did not report`,
  prices: (amount) => `${amount} by other prices for the same calls`,
};

/** Days on which nobody counted anything are left out. */
export function prepareDrift(days: readonly Day[]): DriftRow[] {
  return days
    .filter((day) => day.drift !== null || day.ledger > 0n || (day.helicone ?? 0n) > 0n)
    .map(({ dayStart, ledger, helicone, drift }) => ({
      key: dayStart.getTime(),
      day: dayStart.toISOString().slice(0, 10),
      ledger: formatUsd(ledger),
      reported: drift === null ? null : formatUsd(drift.reported),
      helicone: helicone === null ? null : formatUsd(helicone),
      difference: drift === null ? null : differenceText(drift.difference, max(drift.reported, ledger)),
      reasons: (drift?.reasons ?? []).map(({ reason, amount }) => WORDS[reason](formatUsd(amount))),
    }));
}

function differenceText(difference: bigint, whole: bigint): string {
  const size = difference < 0n ? -difference : difference;
  if (size <= 1_000n) return "none";
  return `${difference < 0n ? "−" : "+"}${formatUsd(size)} · ${formatShare(size, whole)}`;
}

export type WorkFigure = {
  name: string;
  value: string /** What one of them cost; null: there was none. */;
  each: string | null;
};

/** What was done, and what each of it cost by Claude Code's own figure. */
export function prepareWork(work: TelemetryReport["work"]): WorkFigure[] {
  const lines = work.linesAdded + work.linesRemoved;
  const each = (count: number, noun: string) =>
    count === 0 ? null : `${formatUsd(work.cost / BigInt(count))} per ${noun}`;
  const hours = work.activeMs / 3_600_000;
  const hourly = work.activeMs === 0 ? null : `${formatUsd((work.cost * 3_600_000n) / BigInt(work.activeMs))} per hour`;
  return [
    { name: "Lines added", value: formatCount(work.linesAdded), each: each(lines, "changed line") },
    { name: "Lines removed", value: formatCount(work.linesRemoved), each: null },
    { name: "Commits", value: formatCount(work.commits), each: each(work.commits, "commit") },
    { name: "Pull requests", value: formatCount(work.pullRequests), each: each(work.pullRequests, "pull request") },
    { name: "Active time", value: hours < 1 ? `${Math.round(hours * 60)} min` : `${hours.toFixed(1)} h`, each: hourly },
    { name: "Prompts", value: formatCount(work.prompts), each: each(work.prompts, "prompt") },
  ];
}

/** Above this share somebody should look. */
const NOTABLE_PERCENT = 5;

/** "12 % of this agent's reported cost did not pass the gateway"; null: too little to say. */
export function unroutedSentence({ unroutedPercent, reported }: TelemetryReport, isDirect: boolean): string | null {
  if (isDirect || reported === 0n || unroutedPercent < NOTABLE_PERCENT) return null;
  return `${unroutedPercent} % of this agent's reported cost did not pass the gateway.`;
}
