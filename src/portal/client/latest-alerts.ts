import type { TRPCOptionsProxy } from "@trpc/tanstack-react-query";

import { ALERT_KINDS, type AlertKind } from "#domain/alert.ts";
import type { AppRouter } from "#portal/api/routers/app-router.ts";

/** Which alerts are looked at; null: all. */
export type AlertChoice = { kind: AlertKind | null; agentName: string | null };

const PAGE_SIZE = 30;

/** The query of the alerts, page by page: the same for the server that prefetches it and the page that shows it. */
export function latestAlerts(trpc: TRPCOptionsProxy<AppRouter>, choice: AlertChoice) {
  return trpc.alerts.list.infiniteQueryOptions(
    { ...choice, limit: PAGE_SIZE },
    { getNextPageParam: ({ nextCursor }) => nextCursor },
  );
}

/** What the address of the alerts' page says about that. */
export function alertChoiceOf(address: { get(name: string): string | null }): AlertChoice {
  return {
    kind: ALERT_KINDS.find((kind) => kind === address.get("kind")) ?? null,
    agentName: address.get("agent") || null,
  };
}
