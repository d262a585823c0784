import { createCallDurations } from "#ledger/call-durations.ts";
import { createCallDurationsStore } from "#ledger/call-durations-store.ts";
import { createCallFactsStore } from "#ledger/call-facts-store.ts";
import { createCallSearch } from "#ledger/call-search.ts";
import { createCallSearchStore } from "#ledger/call-search-store.ts";
import { createChatTurnStore } from "#ledger/chat-turn-store.ts";
import { createCostBreakdowns } from "#ledger/cost-breakdown.ts";
import { createCostBreakdownStore } from "#ledger/cost-breakdown-store.ts";
import { createCosts } from "#ledger/cost-report.ts";
import { createCostReportStore } from "#ledger/cost-report-store.ts";
import { createDayUseStore } from "#ledger/day-use-store.ts";
import { createFleetReport } from "#ledger/fleet-report.ts";
import { createFleetReportStore } from "#ledger/fleet-report-store.ts";
import { createInsights } from "#ledger/insights.ts";
import { createPriceListStore } from "#ledger/price-list-store.ts";
import { createPriceOverrideStore } from "#ledger/price-override-store.ts";
import { createPriceOverrides } from "#ledger/price-overrides.ts";
import { createRequestList } from "#ledger/request-list.ts";
import { createRequestListStore } from "#ledger/request-list-store.ts";
import { createRetention } from "#ledger/retention.ts";
import { createRetentionJob } from "#ledger/retention-job.ts";
import { createRetentionStore } from "#ledger/retention-store.ts";
import { createSessionStore } from "#ledger/session-store.ts";
import { createSessions } from "#ledger/sessions.ts";
import type { Log } from "#log.ts";
import { createPeriodicJob } from "#periodic-job.ts";
import type { PrismaClient } from "#prisma-client.ts";
import { createTelemetryReports } from "#telemetry/telemetry-report.ts";
import { createTelemetryReportStore } from "#telemetry/telemetry-report-store.ts";
import { createUnroutedAlerts } from "#telemetry/unrouted-alerts.ts";
import { createUnroutedStore } from "#telemetry/unrouted-store.ts";

type ReportParts = { databaseUrl: string; prisma: PrismaClient; clock: () => Date; log: Log };

/** The ledger is looked at for what no insight knows of. */
const LOOKING = { firstMs: 2_000, everyMs: 60_000, failure: "the calls could not be looked at for insights" };

/** What calls cost, and the calls themselves, as the portal shows them. */
export function createReports({ databaseUrl, prisma, clock, log }: ReportParts) {
  const sums = createFleetReportStore(prisma);
  const prices = createPriceListStore(prisma).read;
  const told = createTelemetryReportStore(prisma);
  const insights = createInsights({ facts: createCallFactsStore(prisma), sums, prices, clock });
  const retention = createRetention(createRetentionStore(prisma), clock);
  const pruning = createRetentionJob({ databaseUrl, retention, log });
  return {
    retention,
    pruning,
    jobs: [createPeriodicJob({ ...LOOKING, run: insights.refresh }, log), pruning],
    costs: createCosts(createCostReportStore(prisma), clock),
    costBreakdowns: createCostBreakdowns(createCostBreakdownStore(prisma), prices, clock),
    sessions: createSessions(createSessionStore(prisma), clock),
    fleetReport: createFleetReport(sums, prices, clock),
    prices,
    dayUse: createDayUseStore(prisma),
    insights,
    chatTurns: createChatTurnStore(prisma),
    telemetryReports: createTelemetryReports(told, clock),
    unroutedAlerts: createUnroutedAlerts({ store: createUnroutedStore(prisma), reports: told, clock }),
    priceOverrides: createPriceOverrides(createPriceOverrideStore(prisma), clock),
    requests: createRequestList(createRequestListStore(prisma)),
    callSearch: createCallSearch(createCallSearchStore(prisma), prices, clock),
    callDurations: createCallDurations(createCallDurationsStore(prisma)),
  };
}
