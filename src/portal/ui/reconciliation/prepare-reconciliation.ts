import type { NanoUsd } from "#domain/money.ts";
import { PRICE_DIFFERENCES, type PriceDifference } from "#domain/price-difference.ts";
import type { DayCheck } from "#portal/client/answers.ts";
import { countOf } from "#portal/ui/format/counts.ts";

type AgentDay = DayCheck["agents"][number];
type PriceGap = DayCheck["priceGaps"][number];

/** What both sides counted, and where they differ. */
export type Comparison = Omit<AgentDay, "agentName">;

/** One agent on one UTC day. `agentName` empty: rows of Helicone's that name no agent. */
export type AgentDayRow = AgentDay & { key: string; dayStart: Date; gaps: PriceGap[] };

/** Why prices differ, with all calls for which it is so. */
export type PriceReason = {
  reason: PriceDifference;
  text: string;
  models: string[];
  requests: number;
  ledgerCostNanoUsd: NanoUsd;
  heliconeCostNanoUsd: NanoUsd;
};

export type ReconciliationView = {
  /** Null: no day of the span was ever compared, so nothing is known. */
  totals: Comparison | null;
  /** The newest day first; within a day those with most calls missing. */
  rows: AgentDayRow[];
  reasons: PriceReason[];
  /** Days of the span that were never compared: unknown, and in no total. The newest first. */
  unknownDays: Date[];
  /** Days of which Helicone lacks calls. The newest first. */
  missingDays: Date[];
  comparedAt: Date | null;
};

const DAY_MS = 86_400_000;

/** Sums up the comparisons of the last `days` UTC days. */
export function prepareReconciliation(checks: readonly DayCheck[], days: number, now: Date): ReconciliationView {
  const known = new Set(checks.map(({ dayStart }) => dayStart.getTime()));
  const today = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  const starts = Array.from({ length: days }, (_, back) => today - back * DAY_MS);
  const all = checks.flatMap(({ agents }) => agents);
  return {
    totals: checks.length === 0 ? null : all.reduce<Comparison>(add, NOTHING),
    rows: checks.flatMap(rowsOf),
    reasons: prepareReasons(checks),
    unknownDays: starts.filter((start) => !known.has(start)).map((start) => new Date(start)),
    missingDays: checks
      .filter(({ agents }) => agents.some(({ missingThere }) => missingThere > 0))
      .map(({ dayStart }) => dayStart),
    comparedAt: latest(checks.map(({ checkedAt }) => checkedAt)),
  };
}

const NOTHING: Comparison = {
  ledgerRequests: 0,
  ledgerCostNanoUsd: 0n,
  heliconeRequests: 0,
  heliconeCostNanoUsd: 0n,
  missingThere: 0,
  missingHere: 0,
  repeatedThere: 0,
  pricedDifferently: 0,
};

function add(sum: Comparison, agent: Comparison): Comparison {
  return {
    ledgerRequests: sum.ledgerRequests + agent.ledgerRequests,
    ledgerCostNanoUsd: sum.ledgerCostNanoUsd + agent.ledgerCostNanoUsd,
    heliconeRequests: sum.heliconeRequests + agent.heliconeRequests,
    heliconeCostNanoUsd: sum.heliconeCostNanoUsd + agent.heliconeCostNanoUsd,
    missingThere: sum.missingThere + agent.missingThere,
    missingHere: sum.missingHere + agent.missingHere,
    repeatedThere: sum.repeatedThere + agent.repeatedThere,
    pricedDifferently: sum.pricedDifferently + agent.pricedDifferently,
  };
}

function rowsOf({ dayStart, agents, priceGaps }: DayCheck): AgentDayRow[] {
  return agents
    .map((agent) => ({
      ...agent,
      key: `${dayStart.toISOString()} ${agent.agentName}`,
      dayStart,
      gaps: priceGaps.filter((gap) => gap.agentName === agent.agentName),
    }))
    .sort((a, b) => unmatched(b) - unmatched(a) || a.agentName.localeCompare(b.agentName));
}

/** Calls that one side lacks, or has more than once. */
export function unmatched(row: Comparison): number {
  return row.missingThere + row.missingHere + row.repeatedThere;
}

/** Whether the two agree on every call. */
export function agrees(row: Comparison): boolean {
  return unmatched(row) === 0 && row.pricedDifferently === 0;
}

/** The differences of a row in words, the weightiest first; none where the two agree. */
export function differenceTexts(row: Comparison): { text: string; isPriceOnly: boolean }[] {
  const { missingThere, missingHere, repeatedThere, pricedDifferently } = row;
  return [
    missingThere > 0 ? { text: `${countOf(missingThere, "call")} missing in Helicone`, isPriceOnly: false } : null,
    missingHere > 0 ? { text: `${countOf(missingHere, "call")} missing in our ledger`, isPriceOnly: false } : null,
    repeatedThere > 0 ? { text: `${countOf(repeatedThere, "call")} in Helicone twice`, isPriceOnly: false } : null,
    pricedDifferently > 0
      ? { text: `${countOf(pricedDifferently, "call")} priced differently`, isPriceOnly: true }
      : null,
  ].filter((part) => part !== null);
}

function prepareReasons(checks: readonly DayCheck[]): PriceReason[] {
  const reasons = new Map<PriceDifference, PriceReason>();
  for (const gap of checks.flatMap(({ priceGaps }) => priceGaps)) {
    const { reason, model } = gap;
    const known = reasons.get(reason) ?? emptyReason(reason);
    reasons.set(reason, {
      ...known,
      models: known.models.includes(model) ? known.models : [...known.models, model].sort(),
      requests: known.requests + gap.requests,
      ledgerCostNanoUsd: known.ledgerCostNanoUsd + gap.ledgerCostNanoUsd,
      heliconeCostNanoUsd: known.heliconeCostNanoUsd + gap.heliconeCostNanoUsd,
    });
  }
  return [...reasons.values()].sort((a, b) => b.requests - a.requests);
}

function emptyReason(reason: PriceDifference): PriceReason {
  const nothing = { models: [], requests: 0, ledgerCostNanoUsd: 0n, heliconeCostNanoUsd: 0n };
  return { reason, text: PRICE_DIFFERENCES[reason], ...nothing };
}

function latest(instants: readonly Date[]): Date | null {
  return instants.reduce<Date | null>((last, at) => (last === null || at > last ? at : last), null);
}

/** Where the portal shows a call of the ledger, which knows it by its UUID there and by another writing of it elsewhere. */
export function callAddress(requestId: string): string {
  return `/requests?call=req_${requestId.replaceAll("-", "")}`;
}

/** A UTC day as the server is asked for it. */
export function dayInput(dayStart: Date): string {
  return dayStart.toISOString().slice(0, 10);
}
