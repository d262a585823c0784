import type { Budget, BudgetKey } from "#domain/budget.ts";
import type { NanoUsd } from "#domain/money.ts";
import type { BudgetPeriod } from "#domain/period.ts";
import type { RateLimits } from "#domain/rate-window.ts";
import { reserve, toAmount } from "#domain/reservation.ts";
import type { RecordedSpend } from "#ledger/recorded-spend.ts";
import type { AdmissionPeek } from "#limits/admission-peek.ts";
import { type AdmittedCall, type AskedCall, toReserved, withInput, withOutput } from "#limits/admitted-call.ts";
import type { Reserved } from "#limits/budget-standing.ts";
import { createCostMemory } from "#limits/cost-experience.ts";
import type { LiveBudget } from "#limits/live-budget.ts";
import { createLiveBudgets, type LiveBudgets } from "#limits/live-budgets.ts";
import { createLiveRates, type LiveRates } from "#limits/live-rates.ts";
import { peekBudgets, withPauseAndRate } from "#limits/peek-verdict.ts";
import { createRateHolds, type RateHolds } from "#limits/rate-holds.ts";
import { createSpendHistory, type SpendHistory } from "#limits/spend-history.ts";
import { type Clock, createTurns, type Decision, type Turns, type Waiter } from "#limits/turns.ts";

/** What limits an agent, as it was saved. */
export type AgentLimits = {
  /** Its own, its pool's, the fleet's. */
  budgets: readonly Budget[];
  /** Null: it is not paused. */
  pausedAt: Date | null;
  /** Null: not limited. */
  rateLimit: RateLimits | null;
  /** There is no such agent any more; what it spent still counts. */
  isRemoved: boolean;
};

/** May this call pass, and if not, why not. The one word for it, at both doors. */
export type Admission =
  | { outcome: "admitted"; call: LiveCall }
  | { outcome: "refused"; reason: "budget"; budget: BudgetKey; period: BudgetPeriod }
  | { outcome: "refused"; reason: "removed" | "paused" }
  | TooFast
  /** Its turn did not come while it could be held, or too many wait already: it may come again. */
  | { outcome: "crowded" };

/** It would fit into the agent's rates in so long. */
type TooFast = { outcome: "refused"; reason: "rate_limit"; waitMs: number };

/** A call that has to wait: `turn` comes within `HOLD_MS` and `RATE_HOLD_MS`, unless the call leaves. */
export type Waiting = { outcome: "waiting"; turn: Promise<Admission>; leave(): void };

type Line = Waiter<Admission>;
/** A call in flight. */
export type LiveCall = AdmittedCall<Line>;

/**
 * What a call came to. `outputTokens` null: nobody knows, or nothing was answered. `rateTokens` are those that count in the
 * rate (input, cache writes and output); left out: none.
 */
export type CallCost = { cost: NanoUsd; outputTokens: number | null; rateTokens?: number };

export type LiveAdmission = {
  /** Takes over who there is and what limits them. Whoever waits and may go on by it, does. */
  follow(limits: ReadonlyMap<number, AgentLimits>): void;
  /** Decides on a call, at once or, near a limit, when its turn comes. */
  admit(asked: AskedCall): Admission | Waiting;
  /** What `admit` would say, and why; for whoever wants to know before a call is made. Changes nothing. */
  peek(agentId: number): AdmissionPeek;
  /** Calls that wait, for their turn or for a rate. */
  waiting(): number;
  /** What the input of a call in flight costs has become known. */
  learnInput(call: LiveCall, cost: NanoUsd): void;
  /** The answer of a call in flight has come to so many tokens already. */
  learnOutput(call: LiveCall, tokens: number): void;
  /** Whether the answer of a call in flight is cut when a limit is reached. */
  isCutAtLimit(call: LiveCall): boolean;
  /** What such a call has really come to so far. Returns whether its answer must be cut now. */
  meter(call: LiveCall, cost: NanoUsd): boolean;
  /** Counts a call at its end, in the periods of its admission, and gives back what it held. */
  settle(call: LiveCall, cost: CallCost): void;
  /** What was spent of a budget in the period that begins at `startMs`; null: that is not its current one. */
  spentOf(key: BudgetKey, period: BudgetPeriod, startMs: number): NanoUsd | null;
};

/** How long what no current period contains may stay in memory. */
const PRUNE_MS = 3_600_000;

/**
 * The spend of all budgets and the calls in flight, in memory: nothing is asked of the database while a call waits. It
 * starts from the ledger (`recorded`, everything settled before; `rates`, the last minute) and follows each settlement.
 */
export function createLiveAdmission(
  recorded: readonly RecordedSpend[],
  clock: Clock,
  rates: LiveRates = createLiveRates([]),
): LiveAdmission {
  const history = createSpendHistory(recorded, clock.nowMs());
  const state: State = {
    clock,
    history,
    budgets: createLiveBudgets<Line>(history),
    memory: createCostMemory(),
    rates,
    rateHolds: createRateHolds(clock),
    limits: new Map(),
    refusedAt: new Map(),
    prunedMs: clock.nowMs(),
  };
  const turns = createTurns<Admission>({
    clock,
    decide: (asked, served) => decide(state, asked, served),
    tooLate: () => ({ outcome: "crowded" }),
  });
  return {
    follow: (limits) => follow(state, turns, limits),
    admit: (asked) => admit(state, turns, asked),
    peek: (agentId) => peek(state, agentId),
    waiting: () => turns.waiting() + state.rateHolds.held(),
    learnInput: (call, cost) => revise(turns, call, withInput(call.reservation, cost)),
    learnOutput: (call, tokens) => revise(turns, call, withOutput(call.reservation, tokens * call.prices.output)),
    isCutAtLimit: ({ holds }) => holds.some(({ budget }) => budget.budget().hardStop),
    meter: ({ holds }, cost) => {
      const nowMs = clock.nowMs();
      return holds.filter(({ budget, hold }) => budget.meter(hold, cost, nowMs)).length > 0;
    },
    settle: (call, cost) => settle(state, turns, { call, cost }),
    spentOf(key, period, startMs) {
      const standings = state.budgets.byKey(key)?.standings(clock.nowMs()) ?? [];
      const current = standings.find((standing) => standing.period === period && standing.startMs === startMs);
      return current?.spent ?? null;
    },
  };
}

type State = {
  clock: Clock;
  history: SpendHistory;
  budgets: LiveBudgets<Line>;
  memory: ReturnType<typeof createCostMemory>;
  rates: LiveRates;
  rateHolds: RateHolds<Admission | Waiting>;
  limits: ReadonlyMap<number, AgentLimits>;
  refusedAt: Map<number, Date>;
  prunedMs: number;
};

function follow(state: State, turns: Turns<Admission>, limits: ReadonlyMap<number, AgentLimits>): void {
  state.limits = limits;
  const nowMs = state.clock.nowMs();
  const gone = state.budgets.follow(new Map([...limits].map(([agentId, { budgets }]) => [agentId, budgets])));
  for (const budget of [...gone, ...state.budgets.all()]) if (budget.line.size() > 0) turns.serve(budget);
  if (nowMs - state.prunedMs < PRUNE_MS) return;
  state.prunedMs = nowMs;
  state.history.prune(nowMs);
  state.memory.keepOnly((agentId) => limits.has(agentId));
  state.rates.keepOnly((agentId) => limits.has(agentId));
}

function admit(state: State, turns: Turns<Admission>, asked: AskedCall): Admission | Waiting {
  const entered = enter(state, turns, asked);
  if (!isTooFast(entered)) return entered;
  let entering: Waiting | null = null;
  const askAgain = () => {
    const outcome = enter(state, turns, asked);
    if (outcome.outcome === "waiting") entering = outcome;
    return { outcome, waitMs: isTooFast(outcome) ? outcome.waitMs : null };
  };
  const held = state.rateHolds.hold({ agentId: asked.agentId, waitMs: entered.waitMs, askAgain });
  if (held === null) return entered;
  return {
    outcome: "waiting",
    turn: held.turn.then((outcome) => (outcome.outcome === "waiting" ? outcome.turn : outcome)),
    leave() {
      held.leave();
      entering?.leave();
    },
  };
}

function isTooFast(admission: Admission | Waiting): admission is TooFast {
  return admission.outcome === "refused" && admission.reason === "rate_limit";
}

/** Decides at once, or puts the call into the line of its tightest budget. */
function enter(state: State, turns: Turns<Admission>, asked: AskedCall): Admission | Waiting {
  const decision = decide(state, asked, null);
  if ("answer" in decision) return decision.answer;
  let answer: (admission: Admission) => void = () => undefined;
  const turn = new Promise<Admission>((resolve) => {
    answer = resolve;
  });
  const waiter = turns.wait(asked, decision.waitFor, answer);
  if (waiter === null) return { outcome: "crowded" };
  return { outcome: "waiting", turn, leave: () => turns.leave(waiter) };
}

/** `served`: the budget in whose line the call is the next; it need not wait for the line then. */
function decide(state: State, asked: AskedCall, served: LiveBudget<Line> | null): Decision<Admission> {
  const { agentId, size, prices } = asked;
  const nowMs = state.clock.nowMs();
  const limits = state.limits.get(agentId);
  if (limits?.isRemoved === true) return { answer: { outcome: "refused", reason: "removed" } };
  if (limits !== undefined && limits.pausedAt !== null) {
    state.refusedAt.set(agentId, new Date(nowMs));
    return { answer: { outcome: "refused", reason: "paused" } };
  }
  const reservation = reserve(size, prices, state.memory.of(agentId, prices.model));
  const reserved = toReserved(reservation);
  const found = askBudgets(state.budgets.of(agentId), reserved, { served, nowMs });
  if ("reached" in found) {
    state.refusedAt.set(agentId, new Date(nowMs));
    const { reached: budget, period } = found;
    return { answer: { outcome: "refused", reason: "budget", budget, period } };
  }
  if (found.tightest !== null) return { waitFor: found.tightest };
  const waitMs = state.rates.waitMs(agentId, limits?.rateLimit ?? null, { size, atMs: nowMs });
  if (waitMs > 0) return { answer: { outcome: "refused", reason: "rate_limit", waitMs } };
  const holds = state.budgets.of(agentId).map((budget) => ({ budget, hold: budget.hold(reserved, nowMs) }));
  const counted = state.rates.admit(agentId, { size, atMs: nowMs });
  const call = { agentId, size, prices, reservation, holds, counted, admittedAt: new Date(nowMs) };
  return { answer: { outcome: "admitted", call } };
}

type Found = { reached: BudgetKey; period: BudgetPeriod } | { tightest: LiveBudget<Line> | null };

function askBudgets(
  budgets: readonly LiveBudget<Line>[],
  need: Reserved,
  { served, nowMs }: { served: LiveBudget<Line> | null; nowMs: number },
): Found {
  let tightest: { budget: LiveBudget<Line>; left: NanoUsd } | null = null;
  for (const budget of budgets) {
    const found = budget.roomFor(need, nowMs);
    if (found === null) continue;
    if (found.room === "reached") return { reached: budget.budget().key, period: found.period };
    // Whoever fits does not overtake those who wait for room: they would wait for ever.
    const mustWait = found.room === "taken" || (budget !== served && budget.line.size() > 0);
    if (mustWait && (tightest === null || found.left < tightest.left)) tightest = { budget, left: found.left };
  }
  return { tightest: tightest?.budget ?? null };
}

/** Nobody knows yet how large the next call is. */
const SMALLEST = { requestBytes: 0, maxTokens: 0 };

function peek(state: State, agentId: number): AdmissionPeek {
  const budgets = state.budgets.of(agentId);
  const nowMs = state.clock.nowMs();
  const seen = budgets.map((budget) => ({ rule: budget.budget(), standings: budget.standings(nowMs) }));
  const waiting = budgets.reduce((sum, budget) => sum + budget.line.size(), 0);
  const limits = state.limits.get(agentId);
  const rateLimit = limits?.rateLimit ?? null;
  const isPaused = limits !== undefined && limits.pausedAt !== null;
  const { verdict, tightest } = peekBudgets(seen);
  const waitMs = state.rates.waitMs(agentId, rateLimit, { size: SMALLEST, atMs: nowMs });
  return {
    verdict: withPauseAndRate(verdict, { isPaused, waitMs }),
    rate: state.rates.status(agentId, rateLimit, nowMs),
    tightest,
    waiting,
    lastRefusedAt: state.refusedAt.get(agentId) ?? null,
  };
}

function revise(turns: Turns<Admission>, call: LiveCall, reservation: LiveCall["reservation"]): void {
  if (reservation === call.reservation) return;
  call.reservation = reservation;
  const reserved = toReserved(reservation);
  const metered = toAmount(reservation.metered);
  for (const { budget, hold } of call.holds) {
    budget.revise(hold, reserved, metered);
    if (budget.line.size() > 0) turns.serve(budget);
  }
}

function settle(state: State, turns: Turns<Admission>, { call, cost: settled }: Settled): void {
  const { agentId, size, prices, holds } = call;
  const { cost, outputTokens, rateTokens = 0 } = settled;
  state.rates.settle(call.counted, rateTokens);
  const admittedMs = call.admittedAt.getTime();
  state.history.add(agentId, cost, admittedMs);
  const budgets = state.budgets.of(agentId);
  for (const budget of budgets) budget.spend(cost, admittedMs);
  for (const { budget, hold } of holds) budget.release(hold);
  if (cost > 0n && outputTokens !== null) {
    const output = Math.min(Number(cost), outputTokens * prices.output);
    state.memory.learn(agentId, prices.model, { size, cost: { input: Number(cost) - output, output } });
  }
  for (const budget of new Set([...budgets, ...holds.map((held) => held.budget)])) {
    if (budget.line.size() > 0) turns.serve(budget);
  }
}

type Settled = { call: LiveCall; cost: CallCost };
