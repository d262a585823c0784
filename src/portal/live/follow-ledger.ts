import type { PortalContext } from "#portal/api/context.ts";
import type { PortalSession } from "#portal/auth/session.ts";
import { alertFeedOf } from "#portal/live/alert-feed.ts";
import { ledgerFeedOf } from "#portal/live/ledger-feed.ts";

/** Agents with new calls; none, and no alerts, is a sign of life. `hasAlerts`: there are new ones for the person. */
export type LedgerNews = { agentNames: string[]; hasAlerts?: true };

const KEEP_ALIVE_MS = 15_000;

/**
 * Yields the agents that the person may see as their calls reach the ledger, word of new alerts, and an empty list at once
 * and after every 15 s without any. Ends when the client leaves and when the session ends.
 */
export async function* followLedger(context: PortalContext, signal?: AbortSignal): AsyncGenerator<LedgerNews> {
  const { platform, session } = context;
  if (session === null) return;
  const inbox = createInbox();
  const stops = [platform.metrics.figures.listening(), ledgerFeedOf(platform).follow(session.actor, inbox.put)];
  signal?.addEventListener("abort", inbox.wake, { once: true });
  try {
    stops.push(await alertFeedOf(platform).follow(session.actor, inbox.putAlerts));
    // What came after the page looked, and before it was followed, is looked at now.
    yield { agentNames: [], hasAlerts: true };
    while (!signal?.aborted) {
      const news = await inbox.take(KEEP_ALIVE_MS);
      if (signal?.aborted || !(await isLive(platform, session))) return;
      yield news;
    }
  } finally {
    signal?.removeEventListener("abort", inbox.wake);
    for (const stop of stops) stop();
  }
}

/** A person who lost access, or whose rights changed, must not be told anything more. */
async function isLive(platform: PortalContext["platform"], session: PortalSession): Promise<boolean> {
  return session.expiresAt > platform.clock() && (await platform.accounts.actorOf(session.claim)) !== null;
}

/** News waits here, each name once, until it is taken. */
function createInbox() {
  const names = new Set<string>();
  let hasAlerts = false;
  let wake = (): void => undefined;
  return {
    wake: (): void => wake(),
    put(agentNames: readonly string[]): void {
      for (const name of agentNames) names.add(name);
      wake();
    },
    putAlerts(): void {
      hasAlerts = true;
      wake();
    },
    /** What has come in, at once or when something comes; nothing after `waitMs` or when woken. */
    async take(waitMs: number): Promise<LedgerNews> {
      if (names.size === 0 && !hasAlerts) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, waitMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      const taken: LedgerNews = { agentNames: [...names], ...(hasAlerts ? { hasAlerts } : {}) };
      names.clear();
      hasAlerts = false;
      return taken;
    },
  };
}
