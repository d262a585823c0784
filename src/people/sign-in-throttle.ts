import { createAttemptThrottle } from "#people/attempt-throttle.ts";

const WINDOW_SECONDS = 15 * 60;

/** Who tries to sign in as whom. `address` is the client's network address, as far as it is known. */
export type SignInAttempt = { email: string; address: string };

export type SignInThrottle = ReturnType<typeof createSignInThrottle>;

/**
 * Slows down guessing of passwords: by account and address, by address, and, because a client can make up the
 * address it seems to come from, by account from anywhere. Attempts that succeed do not count.
 */
export function createSignInThrottle() {
  const byAccountAndAddress = createAttemptThrottle({ attempts: 8, windowSeconds: WINDOW_SECONDS });
  const byAddress = createAttemptThrottle({ attempts: 60, windowSeconds: WINDOW_SECONDS });
  const byAccount = createAttemptThrottle({ attempts: 100, windowSeconds: WINDOW_SECONDS });

  const keysOf = ({ email, address }: SignInAttempt) =>
    [
      [byAddress, address],
      [byAccountAndAddress, `${email} ${address}`],
      [byAccount, email],
    ] as const;

  return {
    /**
     * Counts an attempt. Returns null when it may go ahead, else the seconds to wait. The first limit that
     * refuses is the last that counts: one address alone cannot use up an account's attempts from anywhere.
     */
    async attempt(attempt: SignInAttempt): Promise<number | null> {
      for (const [throttle, key] of keysOf(attempt)) {
        const waitSeconds = await throttle.attempt(key);
        if (waitSeconds !== null) return waitSeconds;
      }
      return null;
    },

    /** Takes the attempt back, because it succeeded. */
    async succeeded(attempt: SignInAttempt): Promise<void> {
      const { email, address } = attempt;
      await byAccountAndAddress.clear(`${email} ${address}`);
      await byAddress.forgive(address);
      await byAccount.forgive(email);
    },
  };
}
