const SECOND_MS = 1_000;
const FIRST_WAIT_MS = 15 * SECOND_MS;
const WAIT_MS_MAX = 60 * 60 * SECOND_MS;

/** After so many attempts a message is given up: the last comes some three days after the first. */
export const DELIVERY_ATTEMPTS_MAX = 80;

/**
 * How long to wait after the `attempts`-th attempt has failed, in milliseconds: 15 s, then twice as long each time, at most an
 * hour. Null when that was the last. Pure and total for `attempts` >= 1.
 */
export function waitBeforeNextAttempt(attempts: number): number | null {
  if (attempts >= DELIVERY_ATTEMPTS_MAX) return null;
  return Math.min(FIRST_WAIT_MS * 2 ** (attempts - 1), WAIT_MS_MAX);
}
