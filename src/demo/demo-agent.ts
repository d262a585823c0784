import type { WorkStyle } from "#demo/session-plan.ts";
import type { BudgetRule } from "#domain/budget.ts";
import type { NanoUsd } from "#domain/money.ts";

/** When an agent works, in UTC hours; above 24 is the next morning. Numbers of sessions are averages. */
export type Rhythm = { fromHour: number; toHour: number; sessionsPerWorkday: number; sessionsPerWeekendDay: number };

/** How today looks when the demo starts: spend of at least `from` and less than `below`, then so many refused attempts. */
export type TodayPlan = { from: NanoUsd; below: NanoUsd; refusedAfterwards: number };

export type DemoWork = {
  style: WorkStyle;
  rhythm: Rhythm;
  /** Days on which it did twice as much, counted back from today. */
  busyDaysAgo: readonly number[];
  /** One session with a model that the price list does not know. */
  trial: { daysAgo: number; model: string } | null;
  today: TodayPlan;
  /** What it does while the demo runs. */
  live: WorkStyle;
};

export type DemoAgent = {
  name: string;
  type: string;
  ownerEmail: string | null;
  budget: BudgetRule | null;
  /** Null: it has a key and has never called. */
  work: DemoWork | null;
};

export const [OPUS, SONNET, HAIKU, OLDER_OPUS] = [
  "claude-opus-5-5",
  "claude-sonnet-5-5",
  "claude-haiku-5-5",
  "claude-opus-4-8",
];
export const CODING: WorkStyle = {
  models: [[OPUS, 1]],
  turnsPerSession: 22,
  basePromptTokens: 18_000,
  addedTokensPerTurn: 1_800,
  outputTokensPerTurn: 420,
  secondsBetweenTurns: 22,
  shareOfLongPauses: 0.03,
  cacheLifetime: "5m",
  subagents: null,
  shareOfTurnsThatSearchTheWeb: 0,
};

/** While the demo runs: short turns on the smaller models, so that figures move and limits hold for a day. */
export const GENTLE: WorkStyle = {
  ...CODING,
  models: [[SONNET, 1]],
  turnsPerSession: 14,
  basePromptTokens: 12_000,
  addedTokensPerTurn: 500,
  outputTokensPerTurn: 160,
  secondsBetweenTurns: 12,
  shareOfLongPauses: 0,
};

/** Limits in cents. */
export function budget(limits: {
  day: number;
  month: number | null;
  actionOnExceed: BudgetRule["actionOnExceed"];
}): BudgetRule {
  return {
    limits: { day: cents(limits.day), month: limits.month === null ? null : cents(limits.month) },
    actionOnExceed: limits.actionOnExceed,
    warningThresholds: [50, 80, 100],
  };
}

export function cents(count: number): NanoUsd {
  return BigInt(count) * 10_000_000n;
}
