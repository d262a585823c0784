import type { DayUse, MeteredTokens } from "#domain/focus.ts";
import { periodAt } from "#domain/period.ts";

/** One call, as far as it counts for what a day cost. Counts that nobody reported are null. Cost in nano-USD. */
export type CountedCall = {
  admittedAt: Date;
  model: string;
  outcome: string;
  listCost: bigint;
  usage: Record<keyof MeteredTokens, number | null>;
  /** Its agent, as it was then. */
  agent: Pick<DayUse, "agentId" | "agentName" | "ownerName" | "type" | "template">;
};

const NOTHING: MeteredTokens = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadInputTokens: 0,
  cacheCreation5mInputTokens: 0,
  cacheCreation1hInputTokens: 0,
  webSearchRequests: 0,
};
const COUNTS = Object.keys(NOTHING) as (keyof MeteredTokens)[]; // Object.keys forgets which keys they are

/**
 * Sums calls, given the newest first, by UTC day, agent (as it was then) and model. It holds the sums of one day at a time,
 * however many calls there are: `add` gives those of the days that are complete, `rest` those of the last.
 */
export function createDayUses() {
  let dayMs: number | null = null;
  let uses = new Map<string, DayUse>();

  const rest = (): DayUse[] => {
    const done = [...uses.values()];
    uses = new Map();
    return done.toSorted((a, b) => compareText(a.agentName, b.agentName) || compareText(a.model, b.model));
  };
  return {
    add(calls: readonly CountedCall[]): DayUse[] {
      const complete: DayUse[] = [];
      for (const call of calls) {
        const dayStart = periodAt("day", call.admittedAt).start;
        if (dayStart.getTime() !== dayMs) complete.push(...rest());
        dayMs = dayStart.getTime();
        const key = JSON.stringify([call.agent, call.model]);
        uses.set(key, withCall(uses.get(key) ?? unused(call, dayStart), call));
      }
      return complete;
    },
    rest,
  };
}

function unused({ agent, model }: CountedCall, dayStart: Date): DayUse {
  const counts = { requests: 0, failedRequests: 0, refusedRequests: 0, listCost: 0n, tokens: NOTHING };
  return { dayStart, ...agent, model, ...counts };
}

function withCall(use: DayUse, { outcome, listCost, usage }: CountedCall): DayUse {
  const tokens = { ...use.tokens };
  for (const count of COUNTS) tokens[count] += usage[count] ?? 0;
  return {
    ...use,
    requests: use.requests + 1,
    failedRequests: use.failedRequests + (outcome === "failed" ? 1 : 0),
    refusedRequests: use.refusedRequests + (outcome === "refused" ? 1 : 0),
    listCost: use.listCost + listCost,
    tokens,
  };
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
