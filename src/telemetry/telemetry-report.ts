import { type Drift, driftOf, unroutedPercent } from "#domain/cost-drift.ts";
import { lastDays, type Span } from "#domain/period.ts";
import type { DaySum, TelemetryReportStore, ToldCalls } from "#telemetry/telemetry-report-store.ts";

/** A UTC day of one agent: what the gateway, Claude Code and Helicone have of it, in nano-USD. */
export type ComparedDay = { dayStart: Date; ledger: bigint; helicone: bigint | null; drift: Drift | null };

/** What an agent did and what it cost, by its own report. `cost`: nano-USD. */
export type Work = {
  cost: bigint;
  sessions: number;
  prompts: number;
  linesAdded: number;
  linesRemoved: number;
  commits: number;
  pullRequests: number;
  activeMs: number;
  /** By tool: how often it was used, and how often it failed. */
  tools: { name: string; uses: number; failures: number }[];
  /** "accept Edit": how often. */
  decisions: { name: string; count: number }[];
};

export type TelemetryReport = {
  days: ComparedDay[];
  /** Of the span. */
  reported: bigint;
  unrouted: bigint;
  unroutedPercent: number;
  work: Work;
  /** Whether it reported anything in the span. */
  hasReports: boolean;
};

export type TelemetryReports = ReturnType<typeof createTelemetryReports>;

const TOP = 12;

/** What agents report of themselves, beside what was counted. The caller has made sure that the person may see the agent. */
export function createTelemetryReports(store: TelemetryReportStore, clock: () => Date) {
  return {
    /** The last `days` UTC days, the newest first. */
    async of(agent: { id: number; name: string }, days: number): Promise<TelemetryReport> {
      const span = lastDays(days, clock());
      const [sums, ledger, calls, helicone] = await Promise.all([
        store.sums(agent.id, span),
        store.ledger(agent.id, span),
        store.calls(agent.id, span),
        store.helicone(agent.name, span),
      ]);
      const compared = compareDays({ sums, ledger, calls, helicone }, span);
      const reported = compared.reduce((sum, day) => sum + (day.drift?.reported ?? 0n), 0n);
      const unrouted = compared.reduce((sum, day) => sum + unroutedOf(day.drift), 0n);
      return {
        days: compared.toReversed(),
        reported,
        unrouted,
        unroutedPercent: unroutedPercent(reported, unrouted),
        work: workOf(sums, reported),
        hasReports: sums.length > 0,
      };
    },
  };
}

type Counts = {
  sums: readonly DaySum[];
  calls: readonly ToldCalls[];
  ledger: ReadonlyMap<number, bigint>;
  helicone: ReadonlyMap<number, bigint>;
};

/** Each UTC day of a span, as the counts have it, the oldest first. Pure. */
export function compareDays({ sums, calls, ledger, helicone }: Counts, span: Span): ComparedDay[] {
  return daysOf(span).map((dayStart): ComparedDay => {
    const at = dayStart.getTime();
    const ofDay = sums.filter((sum) => sum.dayStart.getTime() === at);
    const reported = ofDay.some(({ measure }) => measure === "cost") ? total(ofDay, "cost") : null;
    const told = calls.find((call) => call.dayStart.getTime() === at) ?? null;
    const counted = { ledger: ledger.get(at) ?? 0n, reported, told, helicone: helicone.get(at) ?? null };
    return { dayStart, ledger: counted.ledger, helicone: counted.helicone, drift: driftOf(counted) };
  });
}

function unroutedOf(drift: Drift | null): bigint {
  return drift?.reasons.find(({ reason }) => reason === "unrouted")?.amount ?? 0n;
}

function workOf(sums: readonly DaySum[], cost: bigint): Work {
  const count = (measure: string) => Number(total(sums, measure));
  const failures = byDetail(sums, "tool_failures");
  return {
    cost,
    sessions: count("sessions"),
    prompts: count("prompts"),
    linesAdded: count("lines_added"),
    linesRemoved: count("lines_removed"),
    commits: count("commits"),
    pullRequests: count("pull_requests"),
    activeMs: count("active_cli_ms") + count("active_user_ms"),
    tools: [...byDetail(sums, "tool_uses")]
      .map(([name, uses]) => ({ name, uses, failures: failures.get(name) ?? 0 }))
      .toSorted((a, b) => b.uses - a.uses)
      .slice(0, TOP),
    decisions: [...byDetail(sums, "tool_decisions")]
      .map(([name, decided]) => ({ name, count: decided }))
      .toSorted((a, b) => b.count - a.count)
      .slice(0, TOP),
  };
}

function byDetail(sums: readonly DaySum[], measure: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const sum of sums) {
    if (sum.measure === measure) counts.set(sum.detail, (counts.get(sum.detail) ?? 0) + Number(sum.amount));
  }
  return counts;
}

function total(sums: readonly DaySum[], measure: string): bigint {
  return sums.reduce((sum, part) => (part.measure === measure ? sum + part.amount : sum), 0n);
}

/** The starts of its UTC days. */
export function daysOf({ start, end }: Span): Date[] {
  const days: Date[] = [];
  for (const day = new Date(start); day < end; day.setUTCDate(day.getUTCDate() + 1)) days.push(new Date(day));
  return days;
}
