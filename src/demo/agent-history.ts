import type { DemoAgent, DemoWork, Rhythm } from "#demo/demo-agent.ts";
import type { PlannedSession } from "#demo/planned-call.ts";
import { createRandom, type Random } from "#demo/seeded-random.ts";
import { planSession } from "#demo/session-plan.ts";
import { type DatedCall, openPlannedCall, settlePlannedCall } from "#demo/settle-planned-call.ts";
import { layOutSessions, workedToday } from "#demo/today-layout.ts";
import { type BudgetRule, decideBudget } from "#domain/budget.ts";
import type { NanoUsd } from "#domain/money.ts";
import { BUDGET_PERIODS, lastDays, periodAt, type Span } from "#domain/period.ts";
import { BUDGET_REACHED } from "#gateway/refusal.ts";
import { refuseCall } from "#gateway/settlement.ts";
import type { SettledCall } from "#ledger/call-record.ts";

/** The days that the demo looks back on, today included. */
export const HISTORY_DAYS = 30;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SHARE_OF_THE_DAY_FOR_REFUSALS = 0.25;
const CANDIDATES_MAX = 20_000;

/** What the steps of one agent's history share. */
type Author = { agentId: number; work: DemoWork; random: Random; now: Date };

/**
 * One agent's calls of the last 30 days up to `now`, in order: sessions in its rhythm, each call settled as the gateway settles
 * it and admitted or refused as the gateway would have, under the budget that the agent has. Today ends as its plan says.
 */
export function composeAgentHistory(agent: DemoAgent & { id: number }, now: Date): SettledCall[] {
  if (agent.work === null) return [];
  const author: Author = { agentId: agent.id, work: agent.work, random: createRandom(agent.name), now };
  const calls = [...planPast(author), ...planToday(author)];
  return admitInOrder(calls, agent, author.random);
}

function admitInOrder(calls: readonly DatedCall[], { budget }: DemoAgent, random: Random): SettledCall[] {
  const spend = new Map<string, NanoUsd>();
  const stoppedSessions = new Set<string>();
  const settled: SettledCall[] = [];
  for (const call of calls.toSorted((a, b) => a.admittedAt.getTime() - b.admittedAt.getTime())) {
    if (stoppedSessions.has(call.sessionId)) continue;
    if (budget !== null && isSpent(budget, spend, call.admittedAt)) {
      stoppedSessions.add(call.sessionId); // Claude Code takes the refusal as final
      settled.push(refuseCall(openPlannedCall(call, random), BUDGET_REACHED("")));
      continue;
    }
    const charged = settlePlannedCall(call, random);
    for (const key of periodKeys(charged.admittedAt)) spend.set(key, (spend.get(key) ?? 0n) + charged.listCost);
    settled.push(charged);
  }
  return settled;
}

function isSpent(budget: BudgetRule, spent: ReadonlyMap<string, NanoUsd>, at: Date): boolean {
  const [month = 0n, day = 0n] = periodKeys(at).map((key) => spent.get(key));
  return decideBudget(budget, { day, month }).outcome === "block";
}

function periodKeys(at: Date): string[] {
  return BUDGET_PERIODS.map((period) => `${period} ${periodAt(period, at).start.toISOString()}`);
}

function planPast(author: Author): DatedCall[] {
  const today = periodAt("day", author.now).start;
  const firstDayMs = lastDays(HISTORY_DAYS, author.now).start.getTime();
  const calls: DatedCall[] = [];
  for (let dayMs = firstDayMs; dayMs < today.getTime(); dayMs += DAY_MS) {
    const daysAgo = Math.round((today.getTime() - dayMs) / DAY_MS);
    for (const startMs of sessionStarts(author, { dayMs, daysAgo })) {
      calls.push(...dateCalls(author, planSession(author.work.style, author.random), { startMs, scale: 1 }));
    }
    if (author.work.trial?.daysAgo === daysAgo) calls.push(...planTrial(author, dayMs));
  }
  return calls.filter((call) => call.admittedAt < today);
}

/** Fewer a month ago than today, fewer at weekends, most in the middle of the working hours. */
function sessionStarts({ work, random }: Author, { dayMs, daysAgo }: { dayMs: number; daysAgo: number }): number[] {
  const isWeekend = [0, 6].includes(new Date(dayMs).getUTCDay());
  const average = isWeekend ? work.rhythm.sessionsPerWeekendDay : work.rhythm.sessionsPerWorkday;
  const growth = 1.15 - (0.4 * daysAgo) / HISTORY_DAYS;
  const share = work.busyDaysAgo.includes(daysAgo) ? 2.2 : 0.6 + 0.8 * random.next();
  const count = Math.floor(average * growth * share + random.next());
  return Array.from({ length: count }, () => dayMs + hourIn(work.rhythm, random) * HOUR_MS);
}

function hourIn({ fromHour, toHour }: Rhythm, random: Random): number {
  return fromHour + ((toHour - fromHour) * (random.next() + random.next())) / 2;
}

function planTrial({ work, random, ...author }: Author, dayMs: number): DatedCall[] {
  const style = { ...work.style, models: [[work.trial?.model ?? "", 1]] as const, turnsPerSession: 5, subagents: null };
  const startMs = dayMs + hourIn(work.rhythm, random) * HOUR_MS;
  return dateCalls({ work, random, ...author }, planSession(style, random), { startMs, scale: 1 });
}

function planToday(author: Author): DatedCall[] {
  const { refusedAfterwards } = author.work.today;
  const worked = workedToday(author.work.rhythm, author.now);
  const turn = refusedAfterwards === 0 ? worked.end : partOf(worked, 1 - SHARE_OF_THE_DAY_FOR_REFUSALS);
  const sessions = layOutSessions(sessionsUpToPlan(author), { start: worked.start, end: turn }, author.random);
  const calls = sessions.flatMap(({ session, ...place }) => dateCalls(author, session, place));
  const attempts = Array.from({ length: refusedAfterwards }, (_, index) =>
    planAttempt(author, partOf({ start: turn, end: worked.end }, (index + 1) / refusedAfterwards)),
  );
  return [...calls, ...attempts.flat()];
}

/** A session of which only the first call matters: the budget will refuse it. */
function planAttempt(author: Author, at: Date): DatedCall[] {
  const session = planSession(author.work.style, author.random);
  return dateCalls(author, { ...session, calls: session.calls.slice(0, 1) }, { startMs: at.getTime(), scale: 1 });
}

/** Sessions whose calls together cost what the plan says: what would cost too much is left out. */
function sessionsUpToPlan({ agentId, work, random, now }: Author): PlannedSession[] {
  const sessions: PlannedSession[] = [];
  const { from, below } = work.today;
  let spent: NanoUsd = 0n;
  let candidates = 0;
  while (spent < from) {
    const session = planSession(work.style, random);
    const calls = session.calls.filter((call) => {
      const dated = { ...call, agentId, sessionId: session.sessionId, admittedAt: now };
      const { listCost } = settlePlannedCall(dated, random);
      if (spent >= from || spent + listCost >= below) return false;
      spent += listCost;
      return true;
    });
    if (calls.length > 0) sessions.push({ ...session, calls });
    candidates += session.calls.length;
    if (candidates > CANDIDATES_MAX) throw new RangeError("The demo's plan for today leaves no room for any call.");
  }
  return sessions;
}

function dateCalls(
  { agentId }: Author,
  { sessionId, calls }: PlannedSession,
  { startMs, scale }: { startMs: number; scale: number },
): DatedCall[] {
  return calls.map((call) => ({
    ...call,
    agentId,
    sessionId,
    admittedAt: new Date(Math.floor(startMs + call.offsetMs * scale)),
  }));
}

function partOf({ start, end }: Span, share: number): Date {
  return new Date(Math.floor(start.getTime() + (end.getTime() - start.getTime()) * share));
}
