import { createNoticeListener } from "#ledger/notice-listener.ts";
import type { Log } from "#log.ts";

/** The agents whose calls have just reached the ledger; "all" when they are too many to name. */
export type LedgerNotice = number[] | "all";

/** Called for each notice. Must not throw. */
export type LedgerListener = (agentIds: LedgerNotice) => void;

export type LedgerNotices = ReturnType<typeof createLedgerNotices>;

/** Listens to the ledger writer's notifications. */
export function createLedgerNotices(databaseUrl: string, log: Log) {
  const notices = createNoticeListener({ databaseUrl, channel: "ledger", log });
  return {
    /** Adds a listener; the returned function takes it away again. */
    subscribe: (listener: LedgerListener): (() => void) =>
      notices.subscribe((payload) => (payload === undefined ? undefined : listener(parseNotice(payload)))),

    /** Stops listening for good. */
    close: (): Promise<void> => notices.close(),
  };
}

/** The agents of a payload `{"agentIds":[…]}` or `{"agentIds":"all"}`; anything else names no agent. */
export function parseNotice(payload: string | undefined): LedgerNotice {
  try {
    const notice: unknown = JSON.parse(payload ?? "");
    if (typeof notice !== "object" || notice === null || !("agentIds" in notice)) return [];
    if (notice.agentIds === "all") return "all";
    return Array.isArray(notice.agentIds) ? notice.agentIds.filter((id) => Number.isSafeInteger(id)) : [];
  } catch {
    return []; // not ours: whoever can write to the channel must not be able to stop it
  }
}
