import type { Budget } from "#domain/budget.ts";
import type { RecordedSpend } from "#ledger/recorded-spend.ts";
import {
  type Admission,
  type AgentLimits,
  createLiveAdmission,
  type LiveAdmission,
  type LiveCall,
  type Waiting,
} from "#limits/admission.ts";
import { budgetOf } from "#testing/budgets.ts";
import { createSimulatedClock, type SimulatedClock } from "#testing/simulated-clock.ts";

export const NOON = Date.parse("2026-11-24T12:00:00Z");

/** Output costs 1 a token and input nothing, so that `maxTokens` is what a call holds at the most. */
export const PRICES = { model: "m", coldInput: 0, output: 1, dearestInput: 0, dearestOutput: 1 };

export const limitsOf = (...budgets: Budget[]): AgentLimits => ({
  budgets,
  pausedAt: null,
  rateLimit: null,
  isRemoved: false,
});

export type Setting = { clock: SimulatedClock; admission: LiveAdmission };

export function setUp(limits: Record<number, AgentLimits>, recorded: RecordedSpend[] = [], atMs = NOON): Setting {
  const clock = createSimulatedClock(atMs);
  const admission = createLiveAdmission(recorded, clock);
  follow(admission, limits);
  return { clock, admission };
}

export function follow(admission: LiveAdmission, limits: Record<number, AgentLimits>): void {
  admission.follow(new Map(Object.entries(limits).map(([id, limit]) => [Number(id), limit])));
}

export function ask({ admission }: Setting, agentId = 1, maxTokens = 1): Admission | Waiting {
  return admission.admit({ agentId, size: { requestBytes: 1, maxTokens }, prices: PRICES });
}

export function admitted(answer: Admission | Waiting): LiveCall {
  if (answer.outcome !== "admitted") throw new Error(`Not admitted, but ${answer.outcome}`);
  return answer.call;
}

export function waiting(answer: Admission | Waiting): { outcomes: Admission[]; leave: () => void } {
  if (answer.outcome !== "waiting") throw new Error(`Does not wait: ${answer.outcome}`);
  const outcomes: Admission[] = [];
  void answer.turn.then((turn) => outcomes.push(turn));
  return { outcomes, leave: answer.leave };
}

/** A call that is made and ends at once. */
export function spend(setting: Setting, cost: bigint, agentId = 1): void {
  setting.admission.settle(admitted(ask(setting, agentId)), { cost, outputTokens: null });
}

export const settled = () => Promise.resolve(); // what was answered has been heard afterwards
export const agentBudget = (
  agentId: number,
  limits: Partial<Budget["limits"]>,
  told: Partial<Omit<Budget, "limits">> = {},
) => budgetOf({ key: `agent:${agentId}`, limits, ...told });
