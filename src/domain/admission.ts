import type { ReservationMode } from "#domain/budget.ts";
import type { NanoUsd } from "#domain/money.ts";

/**
 * How long a call may be held for its turn; the clients in question wait for a minute. In mode `expected` it is also how long a
 * call in flight keeps the next from starting where both do not fit: no stream can keep a budget to itself for longer.
 */
export const HOLD_MS = 50_000;

/** Where one limit stands at an instant. `metered` is what the answers under way have cost already, as far as they were seen. */
export type LimitState = { limit: NanoUsd; spent: NanoUsd; reserved: NanoUsd; metered: NanoUsd };

/** What a call needs of a budget, in either of its modes. */
export type Need = Record<ReservationMode, NanoUsd>;

/** A call that asks for room beside those in flight; `isOccupied`: they keep it from running where it does not fit. */
export type RoomRequest = { need: Need; mode: ReservationMode; isOccupied: boolean };

/**
 * In mode `expected` a call starts beside others only if so many more like it would fit as well. Far from a limit that changes
 * nothing; close to it, where the last few calls decide, one of them may cost far more than expected.
 */
const MARGIN_CALLS = 3n;

/**
 * What a limit says to a call that needs some of it. `reached`: nothing is left. `free`: there is enough beside all that is
 * reserved. `alone`: not enough, but nothing keeps it from running by itself. `taken`: not now.
 */
export type Room = "reached" | "free" | "alone" | "taken";

/**
 * The rule of admission. A call is refused if and only if what was really spent has reached the limit; reservations, which
 * are guesses or worst cases, decide only how many run at once. So whatever was affordable is never refused, and where
 * each reservation is the most that its call can cost, the limit is exceeded by the cost of one call at the most: either
 * all that runs fits together, or one call that does not fit runs by itself.
 */
export function roomFor({ limit, spent, reserved, metered }: LimitState, request: RoomRequest): Room {
  if (spent >= limit) return "reached";
  const { isOccupied } = request;
  if (limit - spent - reserved >= neededRoom(request)) return "free";
  // What runs has used up the rest: it only has not been recorded yet.
  const isUsedUp = spent + metered >= limit;
  return isOccupied || isUsedUp ? "taken" : "alone";
}

/** Never more than the worst case. */
function neededRoom({ need, mode, isOccupied }: RoomRequest): NanoUsd {
  if (mode === "guaranteed" || !isOccupied) return need[mode];
  const withMargin = need.expected * (1n + MARGIN_CALLS);
  return withMargin < need.guaranteed ? withMargin : need.guaranteed;
}

/**
 * Whether what is in flight keeps a call that does not fit beside it from starting. `newestStartMs` is when the youngest of the
 * calls in flight began; null: none is.
 */
export function isOccupied(mode: ReservationMode, newestStartMs: number | null, nowMs: number): boolean {
  if (newestStartMs === null) return false;
  return mode === "guaranteed" || nowMs - newestStartMs < HOLD_MS;
}
