import type { Actor } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";
import { type KeptDays, keptDaysProblem, keptSince } from "#domain/retention.ts";
import type { CappedCount, RetentionStore } from "#ledger/retention-store.ts";

/** How long single calls are kept, and how it stands. `since` null: for ever; `oldest` null: there is no call. */
export type RetentionView = { keptDays: KeptDays; since: Date | null; oldest: Date | null; older: CappedCount };

export type Retention = ReturnType<typeof createRetention>;

/** How long single calls are kept, for admins. Sums are never removed. */
export function createRetention(store: RetentionStore, clock: () => Date) {
  const older = async (keptDays: KeptDays): Promise<CappedCount> => {
    const since = keptSince(keptDays, clock());
    return since === null ? { count: 0, isMore: false } : store.countBefore(since);
  };
  return {
    async view(): Promise<RetentionView> {
      const keptDays = await store.read();
      const [oldest, count] = await Promise.all([store.oldest(), older(keptDays)]);
      return { keptDays, since: keptSince(keptDays, clock()), oldest, older: count };
    },

    /**
     * How many calls a choice would have removed.
     * @throws DomainError invalid_input for days that may not be chosen
     */
    async preview(keptDays: KeptDays): Promise<CappedCount> {
      return older(checked(keptDays));
    },

    /** @throws DomainError invalid_input for days that may not be chosen */
    async set(actor: Actor, keptDays: KeptDays): Promise<void> {
      await store.save(actor, checked(keptDays));
    },

    /** Calls from before this instant may be removed now; null: none. */
    since: async (): Promise<Date | null> => keptSince(await store.read(), clock()),
  };
}

function checked(keptDays: KeptDays): KeptDays {
  const problem = keptDaysProblem(keptDays);
  if (problem !== null) throw new DomainError("invalid_input", problem);
  return keptDays;
}
