import type { NanoUsd } from "#domain/money.ts";
import { explainPriceDifference, type PriceDifference, type PricedHere } from "#domain/price-difference.ts";
import type { HeliconeRow } from "#helicone/helicone-client.ts";

/** A call that reached Anthropic or tried to, as the ledger has it. `agentName`: as it was called then. */
export type LedgerCall = PricedHere & { id: string; agentName: string; admittedAt: Date; endedAt: Date; model: string };

/** What both sides counted for an agent on a day. `agentName` is empty for Helicone's rows that name none. */
export type AgentDay = {
  agentName: string;
  ledgerRequests: number;
  ledgerCostNanoUsd: NanoUsd;
  heliconeRequests: number;
  heliconeCostNanoUsd: NanoUsd;
  missingThere: number;
  missingHere: number;
  repeatedThere: number;
  pricedDifferently: number;
};

/** Calls of an agent to a model that are priced differently for one reason. */
export type PriceGap = {
  agentName: string;
  model: string;
  reason: PriceDifference;
  requests: number;
  ledgerCostNanoUsd: NanoUsd;
  heliconeCostNanoUsd: NanoUsd;
  /** One of them. */
  requestId: string;
};

export type DifferenceKind = "missing_there" | "missing_here" | "repeated_there";

/** A single call that the two do not agree on. A cost is null where that side has not got the call. */
export type CallDifference = {
  kind: DifferenceKind;
  requestId: string;
  agentName: string;
  at: Date;
  model: string;
  rowsThere: number;
  ledgerCostNanoUsd: NanoUsd | null;
  heliconeCostNanoUsd: NanoUsd | null;
};

export type DayComparison = { agents: AgentDay[]; priceGaps: PriceGap[]; differences: CallDifference[] };

export type DayTally = {
  /** A call with all of Helicone's rows of it; none: Helicone has not got it. */
  addCall(call: LedgerCall, rows: readonly HeliconeRow[]): void;
  /** A row of Helicone's that the ledger has no call for. */
  addStranger(row: HeliconeRow): void;
  result(): DayComparison;
};

/** Of Helicone's own rows so many are named, all are counted: others may use it too. */
const STRANGERS_MAX = 1_000;

/** Compares the calls of one day, call by call. Calls count on the ledger's day and under its name of the agent. */
export function createDayTally(): DayTally {
  const agents = new Map<string, AgentDay>();
  const gaps = new Map<string, PriceGap>();
  const differences: CallDifference[] = [];
  let strangers = 0;
  const agentOf = (name: string): AgentDay => kept(agents, name, () => emptyAgent(name));

  return {
    addCall(call, rows) {
      const agent = agentOf(call.agentName);
      agent.ledgerRequests += 1;
      agent.ledgerCostNanoUsd += call.costNanoUsd;
      const there = rows.reduce((sum, row) => sum + row.costNanoUsd, 0n);
      agent.heliconeRequests += rows.length;
      agent.heliconeCostNanoUsd += there;
      const [first] = rows;
      if (first === undefined) {
        agent.missingThere += 1;
        differences.push({ ...facts(call), kind: "missing_there", rowsThere: 0, heliconeCostNanoUsd: null });
        return;
      }
      if (rows.length > 1) {
        agent.repeatedThere += 1;
        const rowsThere = rows.length;
        differences.push({ ...facts(call), kind: "repeated_there", rowsThere, heliconeCostNanoUsd: there });
      }
      const reason = explainPriceDifference(call, first);
      if (reason === null) return;
      agent.pricedDifferently += 1;
      addGap(gaps, { call, reason, there: first.costNanoUsd });
    },

    addStranger(row) {
      const agentName = row.agentName ?? "";
      const agent = agentOf(agentName);
      agent.heliconeRequests += 1;
      agent.heliconeCostNanoUsd += row.costNanoUsd;
      agent.missingHere += 1;
      strangers += 1;
      if (strangers > STRANGERS_MAX) return;
      differences.push({
        kind: "missing_here",
        requestId: row.requestId,
        agentName,
        at: row.createdAt,
        model: row.model,
        rowsThere: 1,
        ledgerCostNanoUsd: null,
        heliconeCostNanoUsd: row.costNanoUsd,
      });
    },

    result: () => ({
      agents: [...agents.values()].sort((a, b) => a.agentName.localeCompare(b.agentName)),
      priceGaps: [...gaps.values()].sort((a, b) => b.requests - a.requests),
      differences,
    }),
  };
}

function facts({ id, agentName, admittedAt, model, costNanoUsd }: LedgerCall) {
  return { requestId: id, agentName, at: admittedAt, model, ledgerCostNanoUsd: costNanoUsd };
}

type Gap = { call: LedgerCall; reason: PriceDifference; there: NanoUsd };

function addGap(gaps: Map<string, PriceGap>, { call, reason, there }: Gap): void {
  const { agentName, model, id: requestId } = call;
  const gap = kept(gaps, `${agentName} ${reason} ${model}`, () => ({
    ...{ agentName, model, reason, requestId },
    ...{ requests: 0, ledgerCostNanoUsd: 0n, heliconeCostNanoUsd: 0n },
  }));
  gap.requests += 1;
  gap.ledgerCostNanoUsd += call.costNanoUsd;
  gap.heliconeCostNanoUsd += there;
}

function emptyAgent(agentName: string): AgentDay {
  const costs = { ledgerCostNanoUsd: 0n, heliconeCostNanoUsd: 0n };
  const counts = { ledgerRequests: 0, heliconeRequests: 0, missingThere: 0, missingHere: 0 };
  return { agentName, ...costs, ...counts, repeatedThere: 0, pricedDifferently: 0 };
}

function kept<T>(map: Map<string, T>, key: string, make: () => T): T {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}
