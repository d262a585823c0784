import type pg from "pg";

import { RATE_WINDOW_MS } from "#domain/rate-window.ts";
import { readRecentCalls } from "#ledger/recent-calls.ts";
import { readRecordedSpend } from "#ledger/recorded-spend.ts";
import { createLiveAdmission, type LiveAdmission } from "#limits/admission.ts";
import { createLiveRates } from "#limits/live-rates.ts";
import { finelyKeptDays, historyStartMs } from "#limits/spend-history.ts";
import { SYSTEM_CLOCK } from "#limits/turns.ts";

/** What limits calls, as the ledger has the past. */
export async function openAdmission(pool: pg.Pool): Promise<LiveAdmission> {
  const nowMs = Date.now();
  const kept = { startMs: historyStartMs(nowMs), fineDays: finelyKeptDays(nowMs) };
  const lastMinute = createLiveRates(await readRecentCalls(pool, new Date(nowMs - RATE_WINDOW_MS)));
  return createLiveAdmission(await readRecordedSpend(pool, kept), SYSTEM_CLOCK, lastMinute);
}
