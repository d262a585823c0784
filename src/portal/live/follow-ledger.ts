import type { PortalContext } from "#portal/api/context.ts";
import type { PortalSession } from "#portal/auth/session.ts";
import { ledgerFeedOf } from "#portal/live/ledger-feed.ts";

/** Agents with new calls; none is a sign of life. */
export type LedgerNews = { agentNames: string[] };

const KEEP_ALIVE_MS = 15_000;

/**
 * Yields the agents that the person may see as their calls reach the ledger, and an empty list at once and
 * after every 15 s without any. Ends when the client leaves and when the session ends.
 */
export async function* followLedger(context: PortalContext, signal?: AbortSignal): AsyncGenerator<LedgerNews> {
  const { platform, session } = context;
  if (session === null) return;
  const inbox = createInbox();
  const stop = ledgerFeedOf(platform).follow(session.actor, inbox.put);
  signal?.addEventListener("abort", inbox.wake, { once: true });
  try {
    yield { agentNames: [] };
    while (!signal?.aborted) {
      const agentNames = await inbox.take(KEEP_ALIVE_MS);
      if (signal?.aborted || !(await isLive(platform, session))) return;
      yield { agentNames };
    }
  } finally {
    signal?.removeEventListener("abort", inbox.wake);
    stop();
  }
}

/** A person who lost access, or whose rights changed, must not be told anything more. */
async function isLive(platform: PortalContext["platform"], session: PortalSession): Promise<boolean> {
  return session.expiresAt > platform.clock() && (await platform.accounts.actorOf(session.claim)) !== null;
}

/** Names wait here, each once, until they are taken. */
function createInbox() {
  const names = new Set<string>();
  let wake = (): void => undefined;
  return {
    wake: (): void => wake(),
    put(agentNames: readonly string[]): void {
      for (const name of agentNames) names.add(name);
      wake();
    },
    /** What has come in, at once or when something comes; nothing after `waitMs` or when woken. */
    async take(waitMs: number): Promise<string[]> {
      if (names.size === 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, waitMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      const taken = [...names];
      names.clear();
      return taken;
    },
  };
}
