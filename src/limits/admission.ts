import { type BudgetDecision, type BudgetRule, decideBudget, type Spend } from "#domain/budget.ts";
import type { NanoUsd } from "#domain/money.ts";
import { BUDGET_PERIODS, type BudgetPeriod, periodAt } from "#domain/period.ts";
import type { AdmissionPeek, PeekVerdict } from "#limits/admission-peek.ts";

/** May this call pass, and if not, why not. The one word for it, at both doors. */
export type Admission = { outcome: "admitted" } | { outcome: "refused"; reason: "budget"; period: BudgetPeriod };

/** What an agent had spent in the period that starts at `periodStart`, as the ledger says. */
export type RecordedSpend = { agentId: number; period: BudgetPeriod; periodStart: Date; spent: NanoUsd };

export type LiveAdmission = {
  /** Decides on a call of an agent at an instant, from its budget (null: none) and its spend so far. */
  decide(agentId: number, budget: BudgetRule | null, at: Date): Admission;
  /** What `decide` would say, and why; for whoever wants to know before a call is made. Changes nothing. */
  peek(agentId: number, budget: BudgetRule | null, at: Date): AdmissionPeek;
  /** Counts a settled call, at once, in the periods of the instant it was admitted at. */
  settle(agentId: number, listCost: NanoUsd, admittedAt: Date): void;
};

/** What was spent in a period so far, and the instants it lies between (half-open). */
type Running = { startMs: number; endMs: number; spent: NanoUsd };

/**
 * The spend of every agent in its current day and month, in memory: nothing is asked of the database while a
 * call waits. It starts from the ledger (`recorded`, everything settled before) and follows each settlement.
 */
export function createLiveAdmission(recorded: readonly RecordedSpend[]): LiveAdmission {
  const spendByAgent = new Map<number, Record<BudgetPeriod, Running>>();
  const refusedAt = new Map<number, Date>();

  const runningOf = (agentId: number, at: Date) => {
    let running = spendByAgent.get(agentId);
    if (running === undefined) {
      running = { day: { startMs: 0, endMs: 0, spent: 0n }, month: { startMs: 0, endMs: 0, spent: 0n } };
      spendByAgent.set(agentId, running);
    }
    for (const period of BUDGET_PERIODS) {
      if (at.getTime() < running[period].endMs) continue;
      const { start, end } = periodAt(period, at);
      running[period] = { startMs: start.getTime(), endMs: end.getTime(), spent: 0n };
    }
    return running;
  };

  for (const { agentId, period, periodStart, spent } of recorded) {
    const running = runningOf(agentId, periodStart);
    if (running[period].startMs === periodStart.getTime()) running[period].spent = spent;
  }

  const spendOf = (agentId: number, at: Date): Spend => {
    const running = runningOf(agentId, at);
    return { day: running.day.spent, month: running.month.spent };
  };

  return {
    decide(agentId, budget, at) {
      if (budget === null) return { outcome: "admitted" };
      const admission = toAdmission(decideBudget(budget, spendOf(agentId, at)));
      if (admission.outcome === "refused") refusedAt.set(agentId, at);
      return admission;
    },
    peek(agentId, budget, at) {
      const decision: BudgetDecision =
        budget === null ? { outcome: "allow" } : decideBudget(budget, spendOf(agentId, at));
      return { verdict: toVerdict(decision, at), lastRefusedAt: refusedAt.get(agentId) ?? null };
    },
    settle(agentId, listCost, admittedAt) {
      const running = runningOf(agentId, admittedAt);
      for (const period of BUDGET_PERIODS) {
        // A call that began before midnight belongs to yesterday, whatever the clock says when it ends.
        if (admittedAt.getTime() >= running[period].startMs) running[period].spent += listCost;
      }
    },
  };
}

function toAdmission(decision: BudgetDecision): Admission {
  return decision.outcome === "block"
    ? { outcome: "refused", reason: "budget", period: decision.period }
    : { outcome: "admitted" };
}

function toVerdict(decision: BudgetDecision, at: Date): PeekVerdict {
  if (decision.outcome === "allow") return { outcome: "admitted" };
  const { period, spent, limit } = decision;
  const reached = { period, spent, limit, resetsAt: periodAt(period, at).end };
  return decision.outcome === "block"
    ? { outcome: "refused", reason: "budget", ...reached }
    : { outcome: "warned", ...reached };
}
