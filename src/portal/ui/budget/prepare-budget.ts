import { type BudgetAction, WARN_AT_PERCENT } from "#domain/budget.ts";
import { formatUsd, type NanoUsd } from "#domain/money.ts";
import { BUDGET_PERIODS, type BudgetPeriod } from "#domain/period.ts";
import { zonedTime } from "#portal/ui/format/instants.ts";

type PeriodUse = { spent: NanoUsd; limit: NanoUsd | null; usedPercent: number | null };
type PeriodStatus = PeriodUse & { resetsAt: Date };

/** What the server says of one agent's budget, as far as it is drawn. */
export type BudgetStatus = {
  actionOnExceed: BudgetAction;
  day: PeriodStatus;
  month: PeriodStatus;
  state: "none" | "ok" | "near" | "reached" | "blocked";
  warningThresholds: readonly number[];
  /** An IANA name. */
  timeZone: string;
};

/** As much of a budget as one line of a list shows; a period may be left out (null) where nothing limits it. */
export type BudgetOutline = Pick<BudgetStatus, "actionOnExceed" | "state"> & Record<BudgetPeriod, PeriodUse | null>;

export type BudgetTone = "plain" | "near" | "stop";

/** How full one period is. `fillPercent` (0 to 100) is null without a limit. */
export type ShareView = {
  period: BudgetPeriod;
  fillPercent: number | null;
  tone: BudgetTone;
  /** "82 % of $10.00 today", or what was spent where nothing limits it. */
  words: string;
};

/** One period, ready to draw. */
export type PeriodView = ShareView & {
  /** Where warnings stand on the bar, in whole percents; none without a limit, or where nobody is warned. */
  marks: readonly number[];
  /** "resets 00:00 UTC" */
  resets: string;
};

export type BudgetBanner = { tone: "near" | "stop"; title: string; body: string };

const SPAN = { day: "today", month: "this month" } as const;
const WHEN_REACHED = {
  block: "At the limit the next call is refused.",
  warn: "At the limit calls continue, and you are warned again.",
  none: "",
} as const;

/** One period of a budget: how full its bar is, in which tone, and the same in words. */
export function preparePeriod(budget: BudgetStatus, period: BudgetPeriod, now: Date): PeriodView {
  const { limit, resetsAt } = budget[period];
  const share = prepareShare(budget.actionOnExceed, period, budget[period]);
  return {
    ...share,
    marks:
      share.fillPercent === null || limit === 0n || budget.actionOnExceed === "none" ? [] : budget.warningThresholds,
    resets: `resets ${zonedTime(resetsAt, now, budget.timeZone)}`,
  };
}

/** The period that is closest to its limit (the month on a tie, because it resets later); null where nothing is limited. */
export function prepareTightest(budget: BudgetOutline): ShareView | null {
  const limited = BUDGET_PERIODS.flatMap((period) => {
    const use = budget[period];
    const percent = use === null ? null : usedPercent(use);
    return use === null || percent === null ? [] : { period, use, percent };
  });
  const [tightest] = limited.toSorted((a, b) => b.percent - a.percent);
  return tightest === undefined ? null : prepareShare(budget.actionOnExceed, tightest.period, tightest.use);
}

function prepareShare(action: BudgetAction, period: BudgetPeriod, use: PeriodUse): ShareView {
  const { spent, limit } = use;
  const percent = usedPercent(use);
  return {
    period,
    fillPercent: percent === null ? null : Math.min(100, percent),
    tone: toneOf(action, percent),
    words:
      limit === null || percent === null
        ? `${formatUsd(spent)} ${SPAN[period]}, no limit`
        : `${shareOf(spent, percent)} of ${formatUsd(limit)} ${SPAN[period]}`,
  };
}

/** The sentence above an agent whose budget is near or at its limit, and what to do about it; null while all is well. */
export function prepareBanner(budget: BudgetStatus, now: Date): BudgetBanner | null {
  const period = decisivePeriod(budget, budget.state === "near" ? WARN_AT_PERCENT : 100);
  if (period === null) return null;

  const { spent, limit, resetsAt } = budget[period];
  const amounts = `${formatUsd(spent)} of ${formatUsd(limit ?? 0n)} used ${SPAN[period]}`;
  const reset = zonedTime(resetsAt, now, budget.timeZone);
  switch (budget.state) {
    case "none":
    case "ok":
      return null;
    case "blocked":
      return {
        tone: "stop",
        title:
          limit === 0n ? "Blocked: its limit is $0, which refuses every call." : `Blocked until ${reset}: ${amounts}.`,
        body: "Raise the limit to let it continue.",
      };
    case "reached":
      return {
        tone: "near",
        title: `Over its limit: ${amounts}.`,
        body: "This budget warns and does not block: calls continue.",
      };
    case "near":
      return { tone: "near", title: `Near its limit: ${amounts}.`, body: WHEN_REACHED[budget.actionOnExceed] };
  }
}

/** A little is not nothing. */
function shareOf(spent: NanoUsd, percent: number): string {
  return percent === 0 && spent > 0n ? "< 1 %" : `${percent} %`;
}

function usedPercent({ spent, limit, usedPercent: percent }: PeriodUse): number | null {
  if (limit === null) return null;
  return limit === 0n || percent === null ? Number(spent >= limit) * 100 : percent;
}

function toneOf(action: BudgetAction, percent: number | null): BudgetTone {
  if (percent === null || action === "none" || percent < WARN_AT_PERCENT) return "plain";
  return percent >= 100 && action === "block" ? "stop" : "near";
}

function decisivePeriod(budget: BudgetStatus, fromPercent: number): BudgetPeriod | null {
  const periods: BudgetPeriod[] = ["month", "day"];
  return periods.find((period) => (usedPercent(budget[period]) ?? -1) >= fromPercent) ?? null;
}

/** A budget above an agent that refuses its calls. */
export type StoppedBy = { scope: "pool" | "fleet"; name: string };

/** What stops an agent from above, in a sentence; its amounts are not for everybody. */
export function stoppedByText({ scope, name }: StoppedBy): string {
  return `Blocked: the budget of ${scope === "pool" ? `its pool “${name}”` : "the whole fleet"} is used up.`;
}

/** What helps an agent that is stopped from above. */
export function moreAbove({ scope }: StoppedBy, mayEdit: boolean): string {
  const whose = scope === "pool" ? "the pool’s" : "the fleet’s";
  return mayEdit ? `Raise ${whose} on the Budgets page.` : `Ask an admin to raise ${whose}.`;
}

const STATE_WORDS = { none: null, ok: null, near: "Near limit", reached: "Over limit", blocked: "Blocked" } as const;

/** The state of an agent's budgets in a word or two; null while there is nothing to say. */
export function stateWord(state: BudgetStatus["state"], stoppedBy: StoppedBy | null = null): string | null {
  if (stoppedBy === null || state === "blocked") return STATE_WORDS[state];
  return stoppedBy.scope === "pool" ? "Blocked by its pool" : "Blocked by the fleet";
}
