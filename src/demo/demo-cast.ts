import type { WorkStyle } from "#demo/session-plan.ts";
import type { BudgetRule } from "#domain/budget.ts";
import type { NanoUsd } from "#domain/money.ts";

export type DemoPerson = { email: string; name: string; role: "admin" | "owner" };

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

const [OPUS, SONNET, HAIKU, OLDER_OPUS] = [
  "claude-opus-5-5",
  "claude-sonnet-5-5",
  "claude-haiku-5-5",
  "claude-opus-4-8",
];
const [MAYA, JONAS] = ["maya@demo.local", "jonas@demo.local"];

/** Creates everything else. */
export const DEMO_ADMIN: DemoPerson = { email: "admin@demo.local", name: "Dana Okafor", role: "admin" };

export const DEMO_OWNERS: readonly DemoPerson[] = [
  { email: MAYA, name: "Maya Lindqvist", role: "owner" },
  { email: JONAS, name: "Jonas Weber", role: "owner" },
];

const CODING: WorkStyle = {
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
const GENTLE: WorkStyle = {
  ...CODING,
  models: [[SONNET, 1]],
  turnsPerSession: 14,
  basePromptTokens: 12_000,
  addedTokensPerTurn: 500,
  outputTokensPerTurn: 160,
  secondsBetweenTurns: 12,
  shareOfLongPauses: 0,
};

/** Pull requests of a team, in its working hours. Near its daily limit: 84 %. */
const CODE_REVIEWER: DemoAgent = {
  name: "code-reviewer",
  type: "review",
  ownerEmail: MAYA,
  budget: budget({ day: 500, month: 13_000, actionOnExceed: "block" }),
  work: {
    style: {
      ...CODING,
      models: [
        [OPUS, 5],
        [SONNET, 4],
        [HAIKU, 2],
      ],
      subagents: { model: HAIKU, shareOfTurns: 0.04 },
    },
    rhythm: { fromHour: 6, toHour: 17, sessionsPerWorkday: 4.5, sessionsPerWeekendDay: 0.6 },
    busyDaysAgo: [],
    trial: null,
    today: { from: cents(420), below: cents(425), refusedAfterwards: 0 },
    live: { ...GENTLE, models: [[HAIKU, 1]], secondsBetweenTurns: 40 },
  },
};

/** Works on documentation, now and then still on an older model. Has no budget. */
const DOCS_WRITER: DemoAgent = {
  name: "docs-writer",
  type: "docs",
  ownerEmail: JONAS,
  budget: null,
  work: {
    style: {
      ...CODING,
      models: [
        [SONNET, 8],
        [OLDER_OPUS, 2],
      ],
      turnsPerSession: 14,
      outputTokensPerTurn: 650,
    },
    rhythm: { fromHour: 8, toHour: 18, sessionsPerWorkday: 4.5, sessionsPerWeekendDay: 0.3 },
    busyDaysAgo: [],
    trial: null,
    today: { from: cents(140), below: cents(160), refusedAfterwards: 0 },
    live: GENTLE,
  },
};

/** Searches and reads with several subagents at a time. Its limits warn: it is past the daily one, and goes on. */
const RESEARCH_BOT: DemoAgent = {
  name: "research-bot",
  type: "research",
  ownerEmail: JONAS,
  budget: budget({ day: 400, month: 12_000, actionOnExceed: "warn" }),
  work: {
    style: {
      ...CODING,
      models: [
        [OPUS, 3],
        [SONNET, 5],
      ],
      turnsPerSession: 16,
      cacheLifetime: "1h",
      subagents: { model: SONNET, shareOfTurns: 0.08 },
      shareOfTurnsThatSearchTheWeb: 0.12,
    },
    rhythm: { fromHour: 7, toHour: 20, sessionsPerWorkday: 2.6, sessionsPerWeekendDay: 0.8 },
    busyDaysAgo: [15],
    trial: { daysAgo: 9, model: "claude-opus-6-preview" },
    today: { from: cents(432), below: cents(460), refusedAfterwards: 0 },
    live: {
      ...GENTLE,
      secondsBetweenTurns: 20,
      cacheLifetime: "1h",
      subagents: { model: HAIKU, shareOfTurns: 0.12 },
    },
  },
};

/** Refactors by night, on a budget that blocks. Today it has been stopped, and its scheduler keeps trying. */
const NIGHTLY_REFACTOR: DemoAgent = {
  name: "nightly-refactor",
  type: "coding",
  ownerEmail: MAYA,
  budget: budget({ day: 750, month: 25_000, actionOnExceed: "block" }),
  work: {
    style: { ...CODING, turnsPerSession: 26, addedTokensPerTurn: 2_400, secondsBetweenTurns: 6, cacheLifetime: "1h" },
    rhythm: { fromHour: 22, toHour: 29, sessionsPerWorkday: 3.2, sessionsPerWeekendDay: 3.2 },
    busyDaysAgo: [6, 12, 20],
    trial: null,
    today: { from: cents(750), below: cents(780), refusedAfterwards: 11 },
    live: { ...GENTLE, models: [[OPUS, 1]], secondsBetweenTurns: 18 },
  },
};

/** Answers tickets around the clock on the smallest model. Well within its limits. */
const SUPPORT_TRIAGE: DemoAgent = {
  name: "support-triage",
  type: "support",
  ownerEmail: MAYA,
  budget: budget({ day: 50, month: 1_000, actionOnExceed: "warn" }),
  work: {
    style: {
      ...CODING,
      models: [
        [HAIKU, 12],
        [SONNET, 1],
      ],
      turnsPerSession: 5,
      basePromptTokens: 9_000,
      addedTokensPerTurn: 900,
      outputTokensPerTurn: 240,
      secondsBetweenTurns: 9,
    },
    rhythm: { fromHour: 0, toHour: 24, sessionsPerWorkday: 17, sessionsPerWeekendDay: 8 },
    busyDaysAgo: [],
    trial: null,
    today: { from: cents(17), below: cents(21), refusedAfterwards: 0 },
    live: { ...GENTLE, models: [[HAIKU, 1]], turnsPerSession: 5, secondsBetweenTurns: 9 },
  },
};

/** Prepared, with a limit, and not connected yet. */
const DATA_MIGRATION: DemoAgent = {
  name: "data-migration",
  type: "coding",
  ownerEmail: null,
  budget: budget({ day: 1_000, month: null, actionOnExceed: "block" }),
  work: null,
};

export const DEMO_AGENTS: readonly DemoAgent[] = [
  CODE_REVIEWER,
  DATA_MIGRATION,
  DOCS_WRITER,
  NIGHTLY_REFACTOR,
  RESEARCH_BOT,
  SUPPORT_TRIAGE,
];

function budget(limits: {
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

function cents(count: number): NanoUsd {
  return BigInt(count) * 10_000_000n;
}
