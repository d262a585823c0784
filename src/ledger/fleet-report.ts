import { cacheSaving } from "#domain/cache-saving.ts";
import { type DurationMetric, durationAt } from "#domain/duration-bins.ts";
import { lastDays, periodAt, type Span } from "#domain/period.ts";
import type { PriceList } from "#domain/price-list.ts";
import type {
  AgentUse,
  DayPart,
  DurationCount,
  FleetReportStore,
  ModelUse,
  Scope,
  ScopeSums,
} from "#ledger/fleet-report-store.ts";

export type { AgentUse, Scope } from "#ledger/fleet-report-store.ts";

/** One figure with what it was in the span of the same length before. Null: nothing was recorded that far back. */
export type Compared = { listCost: bigint; before: bigint | null };

export type Percentiles = { p50: number | null; p90: number | null; p99: number | null };

/** `ownerName` null: of agents that nobody owns. */
export type OwnerUse = { ownerName: string | null; listCost: bigint; requests: number; agents: number };

/** The day's parts, the dearest of the whole span first; what has no name of its own is in `others`. */
export type DayCosts = { dayStart: Date; parts: { key: string; listCost: bigint }[]; others: bigint };

export type FleetOverview = {
  days: number;
  span: Span;
  spend: { today: Compared; week: Compared; month: Compared };
  /** Of the last `days` days, today included. */
  sums: ScopeSums;
  byDay: { agents: DayCosts[]; models: DayCosts[] };
  agents: AgentUse[];
  agentCount: number;
  models: Pick<ModelUse, "model" | "listCost" | "requests">[];
  owners: OwnerUse[];
  /** Of completed calls, in milliseconds, each at most a third too long. */
  durations: Record<DurationMetric, Percentiles>;
  caching: Caching;
};

export type Caching = {
  /** Nano-USD, about; null: no call of the span was to a model whose price is known. */
  saved: bigint | null;
  /** Of all input tokens, the share that was read from the cache; null: there was no input. */
  hitShare: number | null;
  /** Models without a known price, whose part in this is not known. */
  unknownModels: string[];
};

const TOP = 6;
const LISTED = 10;
const WEEK = 7;
const MONTH = 30;
const DAY_MS = 86_400_000;
/** No agent can be called so. */
const OTHERS = "";

export type FleetReport = ReturnType<typeof createFleetReport>;

/** What many agents cost together, in nano-USD at list price, by UTC days. The caller has made sure that the person may see them. */
export function createFleetReport(store: FleetReportStore, prices: () => Promise<PriceList>, clock: () => Date) {
  return {
    /** `days`: how far the charts and lists go back, today included. About ten queries, however many agents. */
    async overview(scope: Scope, days: number): Promise<FleetOverview> {
      const now = clock();
      const span = lastDays(days, now);
      const [spend, sums, agents, models, daysByModel, durations, priceList] = await Promise.all([
        compareSpend(store, scope, now),
        store.sums(scope, span),
        store.byAgent(scope, span),
        store.byModel(scope, span),
        store.daysByModel(scope, span),
        store.durations(scope, span),
        prices(),
      ]);
      const top = agents.slice(0, TOP);
      const named = { ids: top.map(({ agentId }) => agentId), others: OTHERS };
      const daysByAgent = await store.daysByAgent(scope, span, named);
      return {
        days,
        span,
        spend,
        sums,
        byDay: {
          agents: stack(
            span,
            daysByAgent,
            top.map(({ agentName }) => agentName),
          ),
          models: stack(
            span,
            daysByModel,
            models.slice(0, TOP).map(({ model }) => model),
          ),
        },
        agents: agents.slice(0, LISTED),
        agentCount: agents.length,
        models: models.slice(0, LISTED).map(({ model, listCost, requests }) => ({ model, listCost, requests })),
        owners: byOwner(agents).slice(0, LISTED),
        durations: { latency: percentilesOf(durations, "latency"), first_byte: percentilesOf(durations, "first_byte") },
        caching: cachingOf(models, priceList, now),
      };
    },
  };
}

/** A span that is under way is held against what the one before had come to by the same time. */
async function compareSpend(store: FleetReportStore, scope: Scope, now: Date): Promise<FleetOverview["spend"]> {
  const first = await store.firstDay(scope);
  const compare = async (days: number): Promise<Compared> => {
    const { start } = days === 1 ? periodAt("day", now) : lastDays(days, now);
    const earlier = (instant: Date) => new Date(instant.getTime() - days * DAY_MS);
    const previous = { start: earlier(start), end: earlier(now) };
    const [current, before] = await Promise.all([
      store.sums(scope, { start, end: new Date(now.getTime() + 1) }),
      store.sums(scope, previous),
    ]);
    const isKnown = first !== null && first <= previous.start;
    return { listCost: current.listCost, before: isKnown ? before.listCost : null };
  };
  const [today, week, month] = await Promise.all([compare(1), compare(WEEK), compare(MONTH)]);
  return { today, week, month };
}

/** Every day of the span, also one without calls, with the same parts in the same order. */
function stack({ start, end }: Span, parts: readonly DayPart[], keys: readonly string[]): DayCosts[] {
  const days: DayCosts[] = [];
  for (let at = start.getTime(); at < end.getTime(); at += DAY_MS) {
    const ofDay = parts.filter(({ dayStart }) => dayStart.getTime() === at);
    const costOf = (key: string) => ofDay.find((part) => part.key === key)?.listCost ?? 0n;
    const total = ofDay.reduce((sum, { listCost }) => sum + listCost, 0n);
    const named = keys.map((key) => ({ key, listCost: costOf(key) }));
    const others = total - named.reduce((sum, { listCost }) => sum + listCost, 0n);
    days.push({ dayStart: new Date(at), parts: named, others });
  }
  return days;
}

function byOwner(agents: readonly AgentUse[]): OwnerUse[] {
  const owners = new Map<string | null, OwnerUse>();
  for (const { owner, listCost, requests } of agents) {
    const id = owner?.id ?? null;
    const known = owners.get(id) ?? { ownerName: owner?.name ?? null, listCost: 0n, requests: 0, agents: 0 };
    owners.set(id, {
      ownerName: known.ownerName,
      listCost: known.listCost + listCost,
      requests: known.requests + requests,
      agents: known.agents + 1,
    });
  }
  return [...owners.values()].toSorted((a, b) => Number(b.listCost - a.listCost) || b.requests - a.requests);
}

function percentilesOf(counts: readonly DurationCount[], metric: DurationMetric): Percentiles {
  const bins = counts.filter((count) => count.metric === metric);
  return { p50: durationAt(0.5, bins), p90: durationAt(0.9, bins), p99: durationAt(0.99, bins) };
}

function cachingOf(models: readonly ModelUse[], prices: PriceList, at: Date): Caching {
  const savings = models.map((use) => ({ model: use.model, saved: cacheSaving({ prices, at }, use.model, use) }));
  const known = savings.flatMap(({ saved }) => saved ?? []);
  const read = sumOf(models, ({ cacheReadInputTokens }) => cacheReadInputTokens);
  const written = sumOf(models, (use) => use.cacheCreation5mInputTokens + use.cacheCreation1hInputTokens);
  const input = read + written + sumOf(models, ({ inputTokens }) => inputTokens);
  return {
    saved: known.length === 0 ? null : known.reduce((sum, saved) => sum + saved, 0n),
    hitShare: input === 0 ? null : read / input,
    unknownModels: savings.flatMap(({ model, saved }) => (saved === null ? model : [])),
  };
}

function sumOf(models: readonly ModelUse[], of: (use: ModelUse) => number): number {
  return models.reduce((sum, use) => sum + of(use), 0);
}
