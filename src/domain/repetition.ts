/** So many identical requests within so many milliseconds are no work any more. Retries of one request end before. */
export const REPETITIONS_MIN = 12;
export const REPETITION_MS = 10 * 60_000;

/** The last requests of one agent, by their fingerprints. */
export type RepetitionLog = {
  /** Takes a request in; returns how often it was made within the last ten minutes, this time included. */
  note(fingerprint: number, atMs: number): number;
};

/** So far back it looks, in requests: an agent that makes others in between repeats itself less often than is told. */
const REQUESTS_KEPT = 64;

/** Remembers the last requests in a fixed room. Fingerprints are any numbers; equal ones mean the same request. */
export function createRepetitionLog(): RepetitionLog {
  const fingerprints = new Float64Array(REQUESTS_KEPT);
  const instants = new Float64Array(REQUESTS_KEPT).fill(Number.NEGATIVE_INFINITY);
  let next = 0;
  return {
    note(fingerprint, atMs) {
      fingerprints[next] = fingerprint;
      instants[next] = atMs;
      next = (next + 1) % REQUESTS_KEPT;
      let times = 0;
      for (let index = 0; index < REQUESTS_KEPT; index += 1) {
        const ageMs = atMs - (instants[index] ?? 0);
        if (fingerprints[index] === fingerprint && ageMs < REPETITION_MS) times += 1;
      }
      return times;
    },
  };
}
