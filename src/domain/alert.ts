import { unroutedPercent } from "#domain/cost-drift.ts";
import { formatUsd, type NanoUsd } from "#domain/money.ts";
import type { BudgetPeriod } from "#domain/period.ts";

/**
 * Why people are told. threshold: a share of a limit is spent. runaway: spending far faster than the agent's own history.
 * repetition: the same request again and again. request: an owner asks for more. unrouted: a large part of what the agent
 * reports to have spent did not pass the gateway.
 */
export const ALERT_KINDS = ["threshold", "runaway", "repetition", "request", "unrouted"] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** What some kinds of alerts know besides; null is unknown. `toAlertDetail` reads it from the column `detail`. */
export type AlertDetail = {
  /** Where the period is going at the pace of the moment: when the limit is reached, and what the period comes to. */
  forecast: { limitReachedAt: Date | null; periodEndSpend: NanoUsd | null } | null;
  /** Of a runaway: what was spent in the last `windowMinutes`, and what the agent usually spends in as long. */
  pace: { windowMinutes: number; spent: NanoUsd; usual: NanoUsd | null } | null;
  /** Of a repetition: how often the same request came within `windowMinutes`. */
  repeats: { count: number; windowMinutes: number } | null;
  /** Of a day: what Claude Code reported to have spent, and of it what did not pass the gateway. */
  unrouted: { amount: NanoUsd; reported: NanoUsd } | null;
  /** What was spent is Claude Code's own figure: the calls went past the gateway. */
  isReported: boolean;
  /** The agent was paused for it. */
  isPaused: boolean;
};

/** An increase that an owner asks for. */
export type AskedIncrease = {
  period: BudgetPeriod;
  amount: NanoUsd;
  reason: string;
  requestedByName: string;
  endsAt: Date;
};

/** What is known of an alert. `scope` says whose limit it is: one agent's own, a pool's or the fleet's. */
export type AlertFacts = {
  kind: AlertKind;
  scope: "agent" | "pool" | "fleet";
  agentName: string | null;
  poolName: string | null;
  period: BudgetPeriod;
  periodStart: Date;
  thresholdPercent: number | null;
  limit: NanoUsd | null;
  spent: NanoUsd | null;
  at: Date;
  detail: AlertDetail;
  increase: AskedIncrease | null;
};

const PERIODS = { day: { adjective: "daily" }, month: { adjective: "monthly" } } as const;
const INSTANT = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZone: "UTC",
});

/** An alert in one line, without a full stop: `builder has spent 80 % of its daily limit`. Pure and total. */
export function alertHeadline(facts: AlertFacts): string {
  const who = subjectOf(facts);
  switch (facts.kind) {
    case "threshold":
      return `${who} ${reachedText(facts)}`;
    case "runaway":
      return `${who} is spending far faster than usual`;
    case "repetition":
      return `${who} is sending the same request again and again`;
    case "unrouted":
      return `${unroutedShare(facts.detail)} of ${whose(who)} reported cost did not pass the gateway`;
    case "request": {
      if (facts.increase === null) return `More is asked for ${lowerFirst(who)}`;
      const { requestedByName, amount, period } = facts.increase;
      return `${requestedByName} asks for ${formatUsd(amount)} more a ${period} for ${lowerFirst(who)}`;
    }
  }
}

/** The figures of an alert, in the order in which they are read: what it is and its text. Unknown ones are left out. */
export function alertFigures(facts: AlertFacts): { label: string; value: string }[] {
  const { kind, scope, agentName, poolName, period, periodStart, spent, limit, increase, at } = facts;
  return [
    scope === "pool" && poolName !== null ? figure("Pool", poolName) : null,
    scope === "fleet" ? figure("Budget", "the whole fleet") : null,
    agentName === null ? null : figure(scope === "agent" ? "Agent" : "Latest call by", agentName),
    kind === "threshold" || kind === "unrouted" ? figure("Period", `${period} from ${instantText(periodStart)}`) : null,
    kind === "runaway" || kind === "repetition" ? figure("Noticed", instantText(at)) : null,
    spent === null ? null : figure("Spent", spentText(spent, facts.detail)),
    limit === null ? null : figure("Limit", formatUsd(limit)),
    ...detailFigures(facts.detail),
    ...(increase === null ? [] : increaseFigures(increase)),
  ].filter((entry) => entry !== null);
}

/** Reads what the column `detail` holds; what is missing or not understood is null. Amounts are whole nano-USD as text. */
export function toAlertDetail(stored: unknown): AlertDetail {
  const detail = fieldsOf(stored);
  const [forecast, pace, repeats] = [fieldsOf(detail.forecast), fieldsOf(detail.pace), fieldsOf(detail.repeats)];
  const unrouted = fieldsOf(detail.unrouted);
  const [amount, reported] = [amountOf(unrouted.amount), amountOf(unrouted.reported)];
  const reached = typeof forecast.limitReachedAt === "string" ? new Date(forecast.limitReachedAt) : null;
  const limitReachedAt = reached === null || Number.isNaN(reached.getTime()) ? null : reached;
  const periodEndSpend = amountOf(forecast.periodEndSpend);
  const paceSpent = amountOf(pace.spent);
  return {
    forecast: limitReachedAt === null && periodEndSpend === null ? null : { limitReachedAt, periodEndSpend },
    pace:
      paceSpent === null || typeof pace.windowMinutes !== "number"
        ? null
        : { windowMinutes: pace.windowMinutes, spent: paceSpent, usual: amountOf(pace.usual) },
    repeats:
      typeof repeats.count === "number" && typeof repeats.windowMinutes === "number"
        ? { count: repeats.count, windowMinutes: repeats.windowMinutes }
        : null,
    unrouted: amount === null || reported === null ? null : { amount, reported },
    isReported: detail.isReported === true,
    isPaused: detail.isPaused === true,
  };
}

function subjectOf({ scope, agentName, poolName }: AlertFacts): string {
  if (scope === "fleet") return "The fleet";
  if (scope === "pool") return poolName === null ? "A pool" : `The pool ${poolName}`;
  return agentName ?? "An agent";
}

function reachedText({ thresholdPercent, period }: AlertFacts): string {
  const limit = `its ${PERIODS[period].adjective} limit`;
  if (thresholdPercent === null) return `is near ${limit}`;
  if (thresholdPercent === 100) return `has reached ${limit}`;
  return `has spent ${thresholdPercent} % of ${limit}`;
}

function spentText(spent: NanoUsd, { isReported }: AlertDetail): string {
  return isReported ? `${formatUsd(spent)}, reported by Claude Code` : formatUsd(spent);
}

function unroutedShare({ unrouted }: AlertDetail): string {
  return unrouted === null ? "A large part" : `${unroutedPercent(unrouted.reported, unrouted.amount)} %`;
}

function whose(who: string): string {
  return `${lowerFirst(who)}'s`;
}

function detailFigures({ forecast, pace, repeats, unrouted, isPaused }: AlertDetail) {
  const { limitReachedAt = null, periodEndSpend = null } = forecast ?? {};
  return [
    limitReachedAt === null ? null : figure("Limit reached", `at about ${instantText(limitReachedAt)}, at this pace`),
    periodEndSpend === null ? null : figure("Period ends at", `about ${formatUsd(periodEndSpend)}, at this pace`),
    pace === null ? null : figure(`Last ${pace.windowMinutes} min`, paceText(pace)),
    repeats === null ? null : figure("Repeated", `${repeats.count} times in ${repeats.windowMinutes} min`),
    unrouted === null
      ? null
      : figure(
          "Past the gateway",
          `${formatUsd(unrouted.amount)} of ${formatUsd(unrouted.reported)} that Claude Code reported`,
        ),
    isPaused ? figure("Paused", "its calls are refused until an admin resumes it") : null,
  ];
}

function paceText({ spent, usual }: NonNullable<AlertDetail["pace"]>): string {
  return usual === null ? formatUsd(spent) : `${formatUsd(spent)}; usually ${formatUsd(usual)}`;
}

function increaseFigures({ amount, period, reason, requestedByName, endsAt }: AskedIncrease) {
  return [
    figure("Asked for", `${formatUsd(amount)} more a ${period}, until ${instantText(endsAt)}`),
    figure("Asked by", requestedByName),
    reason === "" ? null : figure("Reason", reason),
  ];
}

function figure(label: string, value: string) {
  return { label, value };
}

function instantText(at: Date): string {
  return `${INSTANT.format(at)} UTC`;
}

function lowerFirst(text: string): string {
  return text.startsWith("The ") || text.startsWith("An ") || text.startsWith("A ")
    ? text.charAt(0).toLowerCase() + text.slice(1)
    : text;
}

function amountOf(value: unknown): NanoUsd | null {
  return typeof value === "string" && /^\d{1,19}$/.test(value) ? BigInt(value) : null;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
