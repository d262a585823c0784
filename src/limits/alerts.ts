import type { Actor } from "#domain/agent.ts";
import type { AlertKind } from "#domain/alert.ts";
import type { AlertRecord, AlertStore, AlertViewer } from "#limits/alert-store.ts";

export type { AlertRecord } from "#limits/alert-store.ts";

/** How many alerts are new to a person; `newestId` is of all that they may see, null where there is none. */
export type UnreadAlerts = { count: number; newestId: bigint | null };

/** One page of alerts. `isUnread`: new to the person. */
export type AlertPage = { alerts: (AlertRecord & { isUnread: boolean })[]; nextCursor: bigint | null };

export type AlertQuery = { kind: AlertKind | null; agentName: string | null; cursor: bigint | null; limit: number };

/** More are not counted: "99+" is all that anybody reads. */
export const UNREAD_MAX = 100;

export type Alerts = ReturnType<typeof createAlerts>;

/** Alerts as people see them: admins all, owners those about their own agents. */
export function createAlerts(store: AlertStore) {
  return {
    /** The newest first, from before `cursor` on. An agent that the actor may not see has none. */
    async list(actor: Actor, { cursor, limit, ...filter }: AlertQuery): Promise<AlertPage> {
      const [found, seen] = await Promise.all([
        store.list({ ...filter, viewer: viewerOf(actor), before: cursor, limit: limit + 1 }),
        store.seen(actor.userId),
      ]);
      const alerts = found.slice(0, limit).map((alert) => ({
        ...alert,
        isUnread: alert.id > seen.upTo && alert.facts.at >= seen.since,
      }));
      return { alerts, nextCursor: found.length > limit ? (alerts.at(-1)?.id ?? null) : null };
    },

    /** What the bell says; `count` is at most 100. */
    async unread(actor: Actor): Promise<UnreadAlerts> {
      return store.unread(viewerOf(actor), await store.seen(actor.userId), UNREAD_MAX);
    },

    /** The person has seen every alert up to and including this one. */
    markSeen: (actor: Actor, upTo: bigint): Promise<void> => store.markSeen(actor.userId, upTo),
  };
}

function viewerOf(actor: Actor): AlertViewer {
  return actor.role === "admin" ? "all" : { ownerId: actor.userId };
}
