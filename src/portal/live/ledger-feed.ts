import type { AgentRecord } from "#agents/agents.ts";
import { type Actor, maySeeAgent } from "#domain/agent.ts";
import type { Platform } from "#platform.ts";

/** Called with the names of agents with news, among those that the follower may see. */
export type FollowerCallback = (agentNames: string[]) => void;

type Follower = { actor: Actor; onAgents: FollowerCallback };
type FeedPlatform = Pick<Platform, "ledgerNotices" | "agents" | "fleet" | "log">;

/** Notices of this long are taken together: fast enough to look at once, slow enough for a busy fleet. */
const GATHER_MS = 150;

export type LedgerFeed = ReturnType<typeof createLedgerFeed>;

/**
 * Spreads news of agents to the open pages: calls that reached the ledger, and agents that started, stopped or died.
 * One lookup of names per gathering, for all followers.
 */
export function createLedgerFeed(platform: FeedPlatform) {
  const followers = new Set<Follower>();
  const gathered = new Set<number>();
  const gatheredNames = new Set<string>();
  let isEverybody = false;
  let timer: NodeJS.Timeout | null = null;
  let unsubscribe: (() => void) | null = null;

  const spread = async (): Promise<void> => {
    timer = null;
    const ids = [...gathered];
    const isAll = isEverybody;
    const names = new Set(gatheredNames);
    gathered.clear();
    gatheredNames.clear();
    isEverybody = false;
    const isByName = isAll || names.size > 0;
    const found = await (isByName ? platform.agents.all() : platform.agents.byIds(ids));
    const agents = isAll ? found : found.filter((agent) => ids.includes(agent.id) || names.has(agent.name));
    for (const follower of followers) tell(follower, agents);
  };

  const onNotice = (agentIds: number[] | "all"): void => {
    if (agentIds === "all") isEverybody = true;
    else for (const id of agentIds) gathered.add(id);
    spreadSoon();
  };

  const onState = (agentName: string): void => {
    gatheredNames.add(agentName);
    spreadSoon();
  };

  const spreadSoon = (): void => {
    if (timer !== null) return;
    timer = setTimeout(() => {
      spread().catch((error: unknown) => platform.log.error({ err: error }, "could not tell pages of new calls"));
    }, GATHER_MS);
  };

  const subscribe = (): (() => void) => {
    const stops = [platform.ledgerNotices.subscribe(onNotice), platform.fleet.watch(onState)];
    return () => {
      for (const stop of stops) stop();
    };
  };

  return {
    /** Adds a follower; the returned function takes it away again. */
    follow(actor: Actor, onAgents: FollowerCallback): () => void {
      const follower = { actor, onAgents };
      followers.add(follower);
      unsubscribe ??= subscribe();
      return () => {
        followers.delete(follower);
        if (followers.size > 0) return;
        unsubscribe?.();
        unsubscribe = null;
      };
    },
  };
}

function tell({ actor, onAgents }: Follower, agents: readonly AgentRecord[]): void {
  const names = agents.filter((agent) => maySeeAgent(actor, agent)).map((agent) => agent.name);
  if (names.length > 0) onAgents(names);
}

const FEEDS = new WeakMap<FeedPlatform, LedgerFeed>();

/** The feed of a platform: one for all open pages. */
export function ledgerFeedOf(platform: FeedPlatform): LedgerFeed {
  const existing = FEEDS.get(platform);
  if (existing !== undefined) return existing;
  const feed = createLedgerFeed(platform);
  FEEDS.set(platform, feed);
  return feed;
}
