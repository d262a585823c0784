import type pg from "pg";

import { createRepetitionLog, REPETITION_MS, REPETITIONS_MIN, type RepetitionLog } from "#domain/repetition.ts";
import { findRunaway, HABIT_MS, RUNAWAY_FLOOR, recentSinceMs } from "#domain/runaway.ts";
import { type AgentAlarm, raiseAgentAlarm } from "#ledger/agent-alarms.ts";
import { readQuarterHours, readSpendersSince } from "#ledger/quarter-hours.ts";
import type { Log } from "#log.ts";

/** A call that has cost something, and what its request looked like. */
export type PaidCall = { id: string; agentId: number; admittedAt: Date; fingerprint: number };

export type AgentWatch = {
  /** Takes note of a call's request. Returns at once; an alarm is written beside. */
  noteRequest(call: PaidCall): void;
  /** Compares everybody's recent spending with their habits, now and from now on. */
  start(): void;
  /** Compares once. Errors: PostgreSQL's own. */
  compareSpending(at: Date): Promise<void>;
  stop(): Promise<void>;
};

type Parts = {
  pool: pg.Pool;
  log: Log;
  /** Whether an alarm shall pause the agent, as its own budget says. */
  pausesOnRunaway(agentId: number): boolean;
};

const COMPARE_MS = 30_000;
/** An agent that repeats itself without end is not written about with each call. */
const REPEAT_ALARM_MS = 60_000;

/**
 * Watches what agents do beyond their limits: whether one spends far more than it is used to (read from the ledger, every 30
 * seconds, so that a restart forgets nothing) and whether one makes the same request again and again (in memory). Never
 * holds up a call. What PostgreSQL does not take is tried again with the next occasion.
 */
export function watchAgents(parts: Parts): AgentWatch {
  const logs = new Map<number, RepetitionLog>();
  const alarmedAt = new Map<number, number>();
  const pending = new Set<Promise<void>>();

  let timer: NodeJS.Timeout | undefined;
  const guard = (work: Promise<void>) => {
    const guarded = work
      .catch((error: unknown) => parts.log.warn({ err: error }, "Agents could not be watched; trying again"))
      .finally(() => pending.delete(guarded));
    pending.add(guarded);
  };
  const compareNow = () => guard(compareSpending(parts, new Date()));

  return {
    noteRequest({ id, agentId, admittedAt, fingerprint }) {
      const log = logs.get(agentId) ?? createRepetitionLog();
      logs.set(agentId, log);
      const atMs = admittedAt.getTime();
      const count = log.note(fingerprint, atMs);
      if (count < REPETITIONS_MIN || atMs < (alarmedAt.get(agentId) ?? 0) + REPEAT_ALARM_MS) return;
      alarmedAt.set(agentId, atMs);
      const cause = { kind: "repetition", windowMinutes: REPETITION_MS / 60_000, count, requestId: id } as const;
      guard(raise(parts, { agentId, at: admittedAt, pauses: parts.pausesOnRunaway(agentId), cause }));
    },
    start() {
      timer ??= setInterval(compareNow, COMPARE_MS);
      compareNow();
    },
    compareSpending: (at) => compareSpending(parts, at),
    async stop() {
      clearInterval(timer);
      await Promise.all(pending);
    },
  };
}

async function compareSpending(parts: Parts, at: Date): Promise<void> {
  const { pool, pausesOnRunaway } = parts;
  const sinceMs = recentSinceMs(at.getTime());
  const windowMinutes = Math.max(1, Math.round((at.getTime() - sinceMs) / 60_000));
  for (const agentId of await readSpendersSince(pool, new Date(sinceMs), RUNAWAY_FLOOR)) {
    const quarterHours = await readQuarterHours(pool, agentId, new Date(sinceMs - HABIT_MS));
    const runaway = findRunaway(quarterHours, at.getTime());
    if (runaway === null) continue;
    const { spent, usual } = runaway;
    const cause = { kind: "runaway", windowMinutes, spent, usual } as const;
    await raise(parts, { agentId, at, pauses: pausesOnRunaway(agentId), cause });
  }
}

async function raise({ pool, log }: Parts, alarm: AgentAlarm): Promise<void> {
  const { isNew, isPaused } = await raiseAgentAlarm(pool, alarm);
  if (!isNew) return;
  const { agentId, cause } = alarm;
  log.warn({ agentId, kind: cause.kind, isPaused }, "An agent does not behave as it should");
}
