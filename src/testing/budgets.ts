import type { Budget, BudgetRule } from "#domain/budget.ts";

type Told = Partial<Omit<Budget, "limits">> & { limits?: Partial<BudgetRule["limits"]> };

/** A budget of agent 1 that blocks at its limits, with what the test says different. */
export function budgetOf({ limits, ...told }: Told = {}): Budget {
  return {
    key: "agent:1",
    limits: { day: null, month: null, ...limits },
    actionOnExceed: "block",
    warningThresholds: [50, 80, 100],
    timeZone: "UTC",
    reservation: "expected",
    hardStop: false,
    pauseOnRunaway: false,
    increases: [],
    ...told,
  };
}
