import type { PriceList } from "#domain/price-list.ts";
import { createCostBreakdowns } from "#ledger/cost-breakdown.ts";
import { createCostBreakdownStore } from "#ledger/cost-breakdown-store.ts";
import { createCosts } from "#ledger/cost-report.ts";
import { createCostReportStore } from "#ledger/cost-report-store.ts";
import { createSessionStore } from "#ledger/session-store.ts";
import { createSessions } from "#ledger/sessions.ts";

type Parts = { prisma: Parameters<typeof createSessionStore>[0]; prices: () => Promise<PriceList>; clock: () => Date };

/** What single agents cost: by day and model, by what was paid for, and by session. */
export function createSpendingReports({ prisma, prices, clock }: Parts) {
  return {
    costs: createCosts(createCostReportStore(prisma), clock),
    costBreakdowns: createCostBreakdowns(createCostBreakdownStore(prisma), prices, clock),
    sessions: createSessions(createSessionStore(prisma), clock),
  };
}
