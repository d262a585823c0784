import type { Span } from "#domain/period.ts";
import { createDayTally, type DayComparison, type DayTally, type LedgerCall } from "#helicone/day-comparison.ts";
import type { HeliconeRow } from "#helicone/helicone-client.ts";
import type { HeliconeUsageSource } from "#helicone/usage-source.ts";

export type ComparedLedger = {
  /** Where a part of the span ends that has about `count` calls: a whole second after its start, the span's end at most. */
  endOfPart(span: Span, count: number): Promise<Date>;
  /** The calls that were admitted in the span, but for those that the gateway itself refused. */
  callsWithin(span: Span): Promise<LedgerCall[]>;
  /** Which of these ids are calls of the ledger, refused ones included. */
  known(requestIds: readonly string[]): Promise<ReadonlySet<string>>;
};

export type ComparedSources = {
  ledger: ComparedLedger;
  helicone: Pick<HeliconeUsageSource, "rowsWithin" | "findRows">;
};

const CALLS_AT_ONCE = 5_000;
/** Helicone's row of a call may begin a little later than the ledger's: through its proxy, and after a wait for it. */
const MARGIN_MS = 2 * 60_000;
/** With more calls than this without a row, Helicone was away: they are not looked for one by one. */
const LOST_MAX = 500;

/**
 * Compares ledger and Helicone for a span of whole seconds, call by call. Only calls that had ended by `settledAt` are
 * compared: Helicone may not have the others yet.
 * @throws DomainError "unavailable" when Helicone cannot be asked or believed
 */
export async function compareDay(sources: ComparedSources, span: Span, settledAt: Date): Promise<DayComparison> {
  const tally = createDayTally();
  for (let start = span.start; start < span.end; ) {
    const end = await sources.ledger.endOfPart({ start, end: span.end }, CALLS_AT_ONCE);
    await comparePart(sources, { part: { start, end }, settledAt, tally });
    start = end;
  }
  return tally.result();
}

type Part = { part: Span; settledAt: Date; tally: DayTally };

async function comparePart({ ledger, helicone }: ComparedSources, { part, settledAt, tally }: Part): Promise<void> {
  // Helicone first: a call that ends meanwhile is in the ledger when its row is looked for there.
  const rows = await helicone.rowsWithin(widened(part));
  const calls = await ledger.callsWithin(part);
  const rowsById = groupById(rows);
  const settled = calls.filter((call) => call.endedAt <= settledAt);
  const lost = settled.filter((call) => !rowsById.has(call.id)).map((call) => call.id);
  const elsewhere = groupById(lost.length > LOST_MAX ? [] : await helicone.findRows(lost));
  for (const call of settled) tally.addCall(call, rowsById.get(call.id) ?? elsewhere.get(call.id) ?? []);

  const own = new Set(calls.map((call) => call.id));
  const strangers = rows.filter(({ requestId, createdAt }) => isWithin(createdAt, part) && !own.has(requestId));
  const known = await ledger.known(strangers.map((row) => row.requestId));
  for (const row of strangers) if (!known.has(row.requestId)) tally.addStranger(row);
}

function widened({ start, end }: Span): Span {
  return { start: new Date(start.getTime() - MARGIN_MS), end: new Date(end.getTime() + MARGIN_MS) };
}

function isWithin(at: Date, { start, end }: Span): boolean {
  return at >= start && at < end;
}

function groupById(rows: readonly HeliconeRow[]): ReadonlyMap<string, HeliconeRow[]> {
  const groups = new Map<string, HeliconeRow[]>();
  for (const row of rows) groups.set(row.requestId, [...(groups.get(row.requestId) ?? []), row]);
  return groups;
}
