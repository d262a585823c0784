import { budget, CODING, cents, type DemoAgent, GENTLE, HAIKU, OLDER_OPUS, OPUS, SONNET } from "#demo/demo-agent.ts";
import { PLATFORM_AGENTS, PRIYA } from "#demo/demo-platform-team.ts";

export type DemoPerson = { email: string; name: string; role: "admin" | "owner" };

const [MAYA, JONAS] = ["maya@demo.local", "jonas@demo.local"];

/** Creates everything else. */
export const DEMO_ADMIN: DemoPerson = { email: "admin@demo.local", name: "Dana Okafor", role: "admin" };

export const DEMO_OWNERS: readonly DemoPerson[] = [
  { email: MAYA, name: "Maya Lindqvist", role: "owner" },
  { email: JONAS, name: "Jonas Weber", role: "owner" },
  { email: PRIYA, name: "Priya Raman", role: "owner" },
];

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
  ...PLATFORM_AGENTS,
];
