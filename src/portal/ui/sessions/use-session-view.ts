"use client";

import type { SessionQuery } from "#domain/session-query.ts";
import {
  openSessionOf,
  type SessionKey,
  sessionQueryOf,
  withSession,
  withSessions,
} from "#portal/client/session-address.ts";
import { useAddress } from "#portal/ui/use-address.ts";

export type SessionView = {
  query: SessionQuery;
  openKey: SessionKey | null;
  /** Changes parts of the view, and leaves the others as the address has them at that moment. */
  show: (part: Partial<SessionQuery>) => void;
  /** Where a session opens, for links. */
  hrefOf: (key: SessionKey) => string;
  open: (key: SessionKey | null) => void;
};

/** The view of the sessions that the address holds. `agentName`: of this agent alone, whatever the address says. */
export function useSessionView(agentName?: string): SessionView {
  const { address, pathname, text, go } = useAddress();
  const query = sessionQueryOf(address);
  return {
    query: agentName === undefined ? query : { ...query, agentName },
    openKey: openSessionOf(address),
    show: (part) => go((now) => withSessions(now, { ...sessionQueryOf(new URLSearchParams(now)), ...part })),
    hrefOf: (key) => pathname + withSession(text, key),
    open: (key) => go((now) => withSession(now, key)),
  };
}
