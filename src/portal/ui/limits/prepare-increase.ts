import { formatUsd, type NanoUsd } from "#domain/money.ts";
import type { BudgetPeriod } from "#domain/period.ts";
import { zonedTime } from "#portal/ui/format/instants.ts";

type IncreaseFacts = {
  period: BudgetPeriod;
  amount: NanoUsd;
  state: "requested" | "granted" | "declined" | "ended";
  requestedBy: string;
  decidedBy: string | null;
  endsAt: Date;
};

/** What an increase is now. `waiting`: for an admin. `over`: it ran to its end, or nobody answered in time. */
export type IncreaseStanding = "waiting" | "in force" | "declined" | "ended early" | "over";

/** What became of an increase so far. */
export function increaseStanding(
  { state, endsAt }: Pick<IncreaseFacts, "state" | "endsAt">,
  now: Date,
): IncreaseStanding {
  if (state === "declined") return "declined";
  if (state === "ended") return "ended early";
  if (endsAt <= now) return "over";
  return state === "requested" ? "waiting" : "in force";
}

/** "$5.00 more a day": how much more of which limit. */
export function increaseText({ period, amount }: Pick<IncreaseFacts, "period" | "amount">): string {
  return `${formatUsd(amount)} more a ${period}`;
}

/** Who is behind it, in a few words. */
export function increasePeople({ state, requestedBy, decidedBy }: IncreaseFacts): string {
  if (state === "requested") return `asked for by ${requestedBy}`;
  if (decidedBy === null || decidedBy === requestedBy) return `given by ${requestedBy}`;
  return `asked for by ${requestedBy}, ${state === "declined" ? "declined" : "granted"} by ${decidedBy}`;
}

/** An end that can be chosen. */
export type EndChoice = { id: string; label: string; endsAt: Date };

const DAY_MS = 24 * 60 * 60 * 1000;

/** When an increase may end, as people think of it; by the clocks of the budget's zone. */
export function endChoices(
  budget: { day: { resetsAt: Date }; month: { resetsAt: Date }; timeZone: string },
  now: Date,
): EndChoice[] {
  const day = budget.day.resetsAt.getTime();
  const choices = [
    { id: "today", label: "the end of today", endsAt: new Date(day) },
    { id: "3-days", label: "the end of the day after tomorrow", endsAt: new Date(day + 2 * DAY_MS) },
    { id: "7-days", label: "the end of a week from today", endsAt: new Date(day + 7 * DAY_MS) },
    { id: "month", label: "the end of the month", endsAt: budget.month.resetsAt },
  ];
  return choices.map((choice) => ({
    ...choice,
    label: `${choice.label} (${zonedTime(choice.endsAt, now, budget.timeZone)})`,
  }));
}
