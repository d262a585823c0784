import { type BudgetDecision, decideBudget } from "#domain/budget.ts";
import type { BUDGET_PERIODS } from "#domain/period.ts";
import type { PeekVerdict, ReachedLimit, TightestLimit } from "#limits/admission-peek.ts";
import type { Standing } from "#limits/budget-standing.ts";
import type { LiveBudget } from "#limits/live-budget.ts";
import { RATE_HOLD_MS } from "#limits/rate-holds.ts";

type Seen = { rule: ReturnType<LiveBudget<never>["budget"]>; standings: readonly Standing[] };

/** What the budgets say to the next call, and which limit is the tightest. A stop comes before a warning. */
export function peekBudgets(seen: readonly Seen[]): { verdict: PeekVerdict; tightest: TightestLimit | null } {
  const told = seen.map((one) => ({ one, decision: decide(one) }));
  const stopped = told.find(({ decision }) => decision.outcome === "block");
  const warned = told.find(({ decision }) => decision.outcome === "warn");
  return { verdict: toVerdict(stopped ?? warned), tightest: tightestOf(seen) };
}

/**
 * The whole verdict, in the order in which calls are judged: a pause, the budgets, the rates. A call that would only be held for
 * a moment is admitted.
 */
export function withPauseAndRate(
  budgets: PeekVerdict,
  { isPaused, waitMs }: { isPaused: boolean; waitMs: number },
): PeekVerdict {
  if (isPaused) return { outcome: "refused", reason: "paused" };
  if (budgets.outcome === "refused" || waitMs <= RATE_HOLD_MS) return budgets;
  return { outcome: "refused", reason: "rate_limit", retryAfterSeconds: Math.ceil(waitMs / 1000) };
}

function decide({ rule, standings }: Seen): BudgetDecision {
  const of = (period: (typeof BUDGET_PERIODS)[number]) => standings.find((standing) => standing.period === period);
  const [day, month] = [of("day"), of("month")];
  const limits = { day: day?.limit ?? null, month: month?.limit ?? null };
  return decideBudget({ ...rule, limits }, { day: day?.spent ?? 0n, month: month?.spent ?? 0n });
}

function toVerdict(told: { one: Seen; decision: BudgetDecision } | undefined): PeekVerdict {
  if (told === undefined || told.decision.outcome === "allow") return { outcome: "admitted" };
  const { outcome, period } = told.decision;
  const standing = told.one.standings.find((candidate) => candidate.period === period);
  const reached = standing === undefined ? null : toReached(told.one, standing);
  if (reached === null) return { outcome: "admitted" };
  return outcome === "block" ? { outcome: "refused", reason: "budget", ...reached } : { outcome: "warned", ...reached };
}

function toReached({ rule }: Seen, { period, limit, spent, endMs }: Standing): ReachedLimit | null {
  return limit === null ? null : { budget: rule.key, period, spent, limit, resetsAt: new Date(endMs) };
}

function tightestOf(seen: readonly Seen[]): TightestLimit | null {
  const limits = seen.flatMap((one) =>
    one.standings.flatMap((standing) => {
      const reached = toReached(one, standing);
      return reached === null ? [] : [{ ...reached, reserved: standing.reserved }];
    }),
  );
  return limits.reduce<TightestLimit | null>(
    (most, next) => (most === null || isTighter(next, most) ? next : most),
    null,
  );
}

/** By the share that is spent; of a limit of 0, all of it is. */
function isTighter(a: TightestLimit, b: TightestLimit): boolean {
  return share(a) > share(b);
}

function share({ spent, limit }: TightestLimit): number {
  return limit === 0n ? Number.POSITIVE_INFINITY : Number(spent) / Number(limit);
}
