import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";

/** At most `attempts` per key in `windowSeconds`, counted from the first of them. */
export type AttemptLimit = { attempts: number; windowSeconds: number };

export type AttemptThrottle = ReturnType<typeof createAttemptThrottle>;

/** Bounds how often something may be tried, in this process's memory. */
export function createAttemptThrottle({ attempts, windowSeconds }: AttemptLimit) {
  const limiter = new RateLimiterMemory({ points: attempts, duration: windowSeconds });
  return {
    /** Counts an attempt. Returns null when it may go ahead, else the whole seconds to wait (at least 1). */
    async attempt(key: string): Promise<number | null> {
      try {
        await limiter.consume(key);
        return null;
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        return secondsUntil(refusal);
      }
    },

    /** The seconds to wait before the next attempt may be made; null when it may be made now. Counts nothing. */
    async wait(key: string): Promise<number | null> {
      const counted = await limiter.get(key);
      return counted === null || counted.consumedPoints < attempts ? null : secondsUntil(counted);
    },

    /** Takes one counted attempt back. */
    async forgive(key: string): Promise<void> {
      if ((await limiter.get(key)) !== null) await limiter.reward(key);
    },

    /** Forgets every attempt under the key. */
    async clear(key: string): Promise<void> {
      await limiter.delete(key);
    },
  };
}

function secondsUntil({ msBeforeNext }: RateLimiterRes): number {
  return Math.max(1, Math.ceil(msBeforeNext / 1000));
}
