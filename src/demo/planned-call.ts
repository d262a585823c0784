import type { TokenUsage } from "#domain/token-usage.ts";

/** How a planned call ends: in full, refused by a busy upstream (529), or left by the agent in the middle. */
export type PlannedEnding = "answered" | "overloaded" | "interrupted";

/** One call of a Claude Code session, before it is known when, by which agent and through what it is made. */
export type PlannedCall = {
  /** Milliseconds since the session began. Calls of subagents overlap those of the session itself. */
  offsetMs: number;
  model: string;
  /** What the whole answer would report. */
  usage: TokenUsage;
  ending: PlannedEnding;
  firstByteMs: number;
  latencyMs: number;
  promptId: string;
  /** Null for a call of the session itself. */
  subagentId: string | null;
};

/** One run of Claude Code. */
export type PlannedSession = {
  sessionId: string;
  /** In order of their offsets. */
  calls: readonly PlannedCall[];
  /** Until the last call is answered. */
  durationMs: number;
};
