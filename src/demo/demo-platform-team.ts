import { budget, CODING, cents, type DemoAgent, GENTLE, HAIKU, OPUS, SONNET } from "#demo/demo-agent.ts";

/** Owns the agents of this file. */
export const PRIYA = "priya@demo.local";

/** Upgrades packages every Monday and whenever one is known to be unsafe. Most of its cost is reading the same code again. */
const DEPENDENCY_UPDATER: DemoAgent = {
  name: "dependency-updater",
  type: "coding",
  ownerEmail: PRIYA,
  budget: budget({ day: 600, month: 6_000, actionOnExceed: "block" }),
  work: {
    style: { ...CODING, models: [[SONNET, 1]], turnsPerSession: 9, outputTokensPerTurn: 180 },
    rhythm: { fromHour: 4, toHour: 9, sessionsPerWorkday: 1.5, sessionsPerWeekendDay: 0 },
    busyDaysAgo: [7, 14, 21, 28],
    trial: null,
    today: { from: cents(40), below: cents(52), refusedAfterwards: 0 },
    live: { ...GENTLE, models: [[HAIKU, 1]], secondsBetweenTurns: 45 },
  },
};

/** Writes tests beside new code, with a helper for each file. */
const TEST_WRITER: DemoAgent = {
  name: "test-writer",
  type: "coding",
  ownerEmail: PRIYA,
  budget: budget({ day: 500, month: 9_000, actionOnExceed: "warn" }),
  work: {
    style: {
      ...CODING,
      models: [
        [SONNET, 6],
        [OPUS, 1],
      ],
      turnsPerSession: 12,
      outputTokensPerTurn: 900,
      subagents: { model: HAIKU, shareOfTurns: 0.1 },
    },
    rhythm: { fromHour: 7, toHour: 18, sessionsPerWorkday: 1.4, sessionsPerWeekendDay: 0.1 },
    busyDaysAgo: [4],
    trial: null,
    today: { from: cents(90), below: cents(110), refusedAfterwards: 0 },
    live: { ...GENTLE, secondsBetweenTurns: 30 },
  },
};

/** Looks into alarms when they come, at any hour. Quiet for days, and then it is not: one night cost it a week. */
const INCIDENT_RESPONDER: DemoAgent = {
  name: "incident-responder",
  type: "operations",
  ownerEmail: PRIYA,
  budget: budget({ day: 2_000, month: 20_000, actionOnExceed: "warn" }),
  work: {
    style: { ...CODING, turnsPerSession: 30, addedTokensPerTurn: 3_200, secondsBetweenTurns: 5 },
    rhythm: { fromHour: 0, toHour: 24, sessionsPerWorkday: 0.4, sessionsPerWeekendDay: 0.4 },
    busyDaysAgo: [11],
    trial: null,
    today: { from: cents(210), below: cents(240), refusedAfterwards: 0 },
    live: { ...GENTLE, models: [[HAIKU, 1]], secondsBetweenTurns: 50 },
  },
};

/** Puts the changes of a week into words. Costs next to nothing. */
const RELEASE_NOTES: DemoAgent = {
  name: "release-notes",
  type: "docs",
  ownerEmail: "jonas@demo.local",
  budget: budget({ day: 100, month: 500, actionOnExceed: "block" }),
  work: {
    style: { ...CODING, models: [[HAIKU, 1]], turnsPerSession: 6, basePromptTokens: 8_000, outputTokensPerTurn: 700 },
    rhythm: { fromHour: 13, toHour: 16, sessionsPerWorkday: 0.8, sessionsPerWeekendDay: 0 },
    busyDaysAgo: [],
    trial: null,
    today: { from: cents(3), below: cents(5), refusedAfterwards: 0 },
    live: { ...GENTLE, models: [[HAIKU, 1]], turnsPerSession: 4, secondsBetweenTurns: 60 },
  },
};

/** Answers questions about figures. Long pauses between questions: much is written to the cache and never read. */
const DATA_ANALYST: DemoAgent = {
  name: "data-analyst",
  type: "analysis",
  ownerEmail: "jonas@demo.local",
  budget: budget({ day: 300, month: 5_000, actionOnExceed: "warn" }),
  work: {
    style: {
      ...CODING,
      models: [
        [SONNET, 3],
        [HAIKU, 2],
      ],
      turnsPerSession: 8,
      basePromptTokens: 26_000,
      shareOfLongPauses: 0.4,
    },
    rhythm: { fromHour: 8, toHour: 17, sessionsPerWorkday: 1.6, sessionsPerWeekendDay: 0 },
    busyDaysAgo: [],
    trial: null,
    today: { from: cents(60), below: cents(80), refusedAfterwards: 0 },
    live: { ...GENTLE, models: [[HAIKU, 1]], secondsBetweenTurns: 55 },
  },
};

/** Goes through the code for weaknesses on Sundays, thoroughly; belongs to nobody yet. */
const SECURITY_AUDITOR: DemoAgent = {
  name: "security-auditor",
  type: "review",
  ownerEmail: null,
  budget: budget({ day: 1_500, month: 8_000, actionOnExceed: "block" }),
  work: {
    style: { ...CODING, turnsPerSession: 18, addedTokensPerTurn: 2_600, cacheLifetime: "1h" },
    rhythm: { fromHour: 2, toHour: 8, sessionsPerWorkday: 0.2, sessionsPerWeekendDay: 2.2 },
    busyDaysAgo: [],
    trial: null,
    today: { from: cents(30), below: cents(60), refusedAfterwards: 0 },
    live: { ...GENTLE, models: [[HAIKU, 1]], secondsBetweenTurns: 60 },
  },
};

/** The team that keeps the others' work running, and two helpers of everybody's. */
export const PLATFORM_AGENTS: readonly DemoAgent[] = [
  DATA_ANALYST,
  DEPENDENCY_UPDATER,
  INCIDENT_RESPONDER,
  RELEASE_NOTES,
  SECURITY_AUDITOR,
  TEST_WRITER,
];
