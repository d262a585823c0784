/** One turn at a time, in the order of arrival, with a few that wait. */
export type TurnQueue = {
  /**
   * A place in the queue, or null when it is full. The promise resolves when the turn has come, with a function that
   * must be called once when it is over; it rejects with the signal's reason when that aborts first.
   */
  enter(signal: AbortSignal): Promise<() => void> | null;
  /** Whether a turn is running, and how many wait. */
  load(): { active: number; waiting: number };
};

type Waiting = { begin(): void };

/** A queue in which at most `waitingMax` wait behind the one that runs. */
export function createTurnQueue(waitingMax: number): TurnQueue {
  const waiting: Waiting[] = [];
  let isBusy = false;

  function release(): void {
    const next = waiting.shift();
    if (next === undefined) isBusy = false;
    else next.begin();
  }

  function once(): () => void {
    let isReleased = false;
    return () => {
      if (!isReleased) release();
      isReleased = true;
    };
  }

  return {
    enter(signal) {
      if (signal.aborted) return Promise.reject(signal.reason);
      if (!isBusy) {
        isBusy = true;
        return Promise.resolve(once());
      }
      if (waiting.length >= waitingMax) return null;
      return new Promise((resolve, reject) => {
        const leave = () => {
          waiting.splice(waiting.indexOf(place), 1);
          reject(signal.reason);
        };
        const place: Waiting = {
          begin() {
            signal.removeEventListener("abort", leave);
            resolve(once());
          },
        };
        waiting.push(place);
        signal.addEventListener("abort", leave, { once: true });
      });
    },
    load: () => ({ active: isBusy ? 1 : 0, waiting: waiting.length }),
  };
}
