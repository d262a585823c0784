import { notableUnrouted, UNROUTED_AMOUNT_MIN, type Unrouted } from "#domain/cost-drift.ts";
import { lastDays } from "#domain/period.ts";
import { compareDays, daysOf } from "#telemetry/telemetry-report.ts";
import type { TelemetryReportStore } from "#telemetry/telemetry-report-store.ts";
import type { ReportedDay, UnroutedStore } from "#telemetry/unrouted-store.ts";

type Parts = {
  store: UnroutedStore;
  reports: Pick<TelemetryReportStore, "sums" | "ledger" | "calls">;
  clock: () => Date;
};

export type UnroutedAlerts = ReturnType<typeof createUnroutedAlerts>;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Tells of agents whose reported cost did not all pass the gateway, one alert for an agent and a UTC day. An agent that is
 * meant to go another way is left alone, and so is what it reported while it was meant to.
 */
export function createUnroutedAlerts({ store, reports, clock }: Parts) {
  let suspects: ReadonlySet<string> = new Set();

  const unroutedOf = async ({ agentId, dayStart }: ReportedDay): Promise<Unrouted | null> => {
    const span = { start: dayStart, end: new Date(dayStart.getTime() + DAY_MS) };
    const [sums, ledger, calls] = await Promise.all([
      reports.sums(agentId, span),
      reports.ledger(agentId, span),
      reports.calls(agentId, span),
    ]);
    const [day] = compareDays({ sums, ledger, calls, helicone: new Map() }, span);
    const meant = sums.reduce((sum, { measure, amount }) => (measure === "direct_cost" ? sum + amount : sum), 0n);
    return notableUnrouted(day?.drift ?? null, meant);
  };

  return {
    /**
     * Looks at yesterday and today. A day is told of when two looks in a row find it so: a report may be here a moment before
     * the call that it is about is in the ledger. Today is looked at when it is an hour old: what is reported just after
     * midnight is about calls from before. Errors: PostgreSQL's own.
     */
    async look(): Promise<void> {
      const now = clock();
      const days = daysOf(lastDays(2, now)).filter((day) => now.getTime() - day.getTime() >= HOUR_MS);
      const found = new Set<string>();
      for (const day of await store.reportedDays(days, UNROUTED_AMOUNT_MIN)) {
        const unrouted = await unroutedOf(day);
        if (unrouted === null) continue;
        const key = `${day.agentId} ${day.dayStart.getTime()}`;
        if (suspects.has(key)) await store.alert(day, unrouted, now);
        else found.add(key);
      }
      suspects = found;
    },
  };
}
