import type { Rhythm } from "#demo/demo-agent.ts";
import type { PlannedSession } from "#demo/planned-call.ts";
import type { Random } from "#demo/seeded-random.ts";
import { periodAt, type Span } from "#domain/period.ts";

const HOUR_MS = 3_600_000;
/** The last call before the demo starts is not of this very second. */
const QUIET_MS = 90_000;
const BUSY_SHARE_MAX = 0.85;

/**
 * The part of today in which an agent with this rhythm has worked by now. When its hours have hardly begun, as after
 * midnight, all of the day so far: whatever the clock says, the demo has something to show for today.
 */
export function workedToday({ fromHour, toHour }: Rhythm, now: Date): Span {
  const midnightMs = periodAt("day", now).start.getTime();
  const endMs = Math.max(midnightMs, now.getTime() - QUIET_MS);
  const hours = toHour > 24 ? [0, toHour - 24] : [fromHour, toHour];
  const [startMs = 0, stopMs = 0] = hours.map((hour) => midnightMs + hour * HOUR_MS);
  const span = { start: new Date(startMs), end: new Date(Math.min(stopMs, endMs)) };
  const isLongEnough = span.end.getTime() - span.start.getTime() >= HOUR_MS;
  return isLongEnough ? span : { start: new Date(midnightMs), end: new Date(endMs) };
}

/**
 * Lays sessions one after another into a span, with pauses of chance between them. Where the span is too short for them, they
 * are squeezed. Gives each session's start, and by how much its own offsets shrink.
 */
export function layOutSessions(sessions: readonly PlannedSession[], span: Span, random: Random) {
  const spanMs = span.end.getTime() - span.start.getTime();
  const busyMs = sessions.reduce((sum, session) => sum + session.durationMs, 0);
  const scale = busyMs === 0 ? 1 : Math.min(1, (spanMs * BUSY_SHARE_MAX) / busyMs);
  const shares = sessions.map(() => random.next());
  const sum = shares.reduce((total, share) => total + share, random.next());
  const idleMs = spanMs - busyMs * scale;
  let atMs = span.start.getTime();
  return sessions.map((session, index) => {
    atMs += (idleMs * (shares[index] ?? 0)) / sum;
    const startMs = atMs;
    atMs += session.durationMs * scale;
    return { session, startMs, scale };
  });
}
