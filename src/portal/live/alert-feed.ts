import type { Actor } from "#domain/agent.ts";
import type { Platform } from "#platform.ts";

type FeedPlatform = Pick<Platform, "alertNotices" | "alerts" | "log">;
type Follower = { actor: Actor /** What they were told last. */; mark: string | null; onAlerts: () => void };

/** Notices of this long are taken together. */
const GATHER_MS = 100;

export type AlertFeed = ReturnType<typeof createAlertFeed>;

/** Tells the open pages when there are alerts that their people may see and have not been told of. */
export function createAlertFeed({ alertNotices, alerts, log }: FeedPlatform) {
  const followers = new Set<Follower>();
  let timer: NodeJS.Timeout | null = null;
  let unsubscribe: (() => void) | null = null;

  /** One question for each person, however many pages they have open. */
  const spread = async (): Promise<void> => {
    timer = null;
    const marks = new Map<string, Promise<string>>();
    await Promise.all(
      [...followers].map(async (follower) => {
        const { actor } = follower;
        const asked = marks.get(actor.userId) ?? markOf(actor);
        marks.set(actor.userId, asked);
        const mark = await asked;
        const isNews = follower.mark !== null && follower.mark !== mark;
        follower.mark = mark;
        if (isNews) follower.onAlerts();
      }),
    );
  };

  const markOf = async (actor: Actor): Promise<string> => {
    const { count, newestId } = await alerts.unread(actor);
    return `${newestId} ${count}`;
  };

  const spreadSoon = (): void => {
    if (timer !== null) return;
    timer = setTimeout(() => {
      spread().catch((error: unknown) => log.error({ err: error }, "could not tell pages of new alerts"));
    }, GATHER_MS);
  };

  return {
    /**
     * Adds a follower. Once this resolves, whatever comes is told: only then may a page call itself live. The returned function
     * takes the follower away again.
     */
    async follow(actor: Actor, onAlerts: () => void): Promise<() => void> {
      const follower: Follower = { actor, mark: null, onAlerts };
      followers.add(follower);
      unsubscribe ??= alertNotices.subscribe(spreadSoon);
      try {
        const mark = await markOf(actor);
        follower.mark ??= mark;
      } catch (error) {
        log.error({ err: error }, "could not look at the alerts of a page");
      }
      return () => {
        followers.delete(follower);
        if (followers.size > 0) return;
        unsubscribe?.();
        unsubscribe = null;
      };
    },
  };
}

const FEEDS = new WeakMap<FeedPlatform, AlertFeed>();

/** The feed of a platform: one for all open pages. */
export function alertFeedOf(platform: FeedPlatform): AlertFeed {
  const existing = FEEDS.get(platform);
  if (existing !== undefined) return existing;
  const feed = createAlertFeed(platform);
  FEEDS.set(platform, feed);
  return feed;
}
