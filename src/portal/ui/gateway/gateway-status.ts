"use client";

import { useQuery } from "@tanstack/react-query";

import { useTRPC } from "#portal/client/trpc.ts";
import { useNow, useTimeZone } from "#portal/ui/format/viewer-clock.tsx";
import { type Freshness, prepareFreshness } from "#portal/ui/gateway/prepare-freshness.ts";

const EVERY_MS = 10_000;

/** What the gateways say of themselves, asked every ten seconds. */
export function useGatewayStatus() {
  const trpc = useTRPC();
  return useQuery(trpc.gateway.status.queryOptions(undefined, { refetchInterval: EVERY_MS }));
}

/** Whether the figures of the running day can be trusted at this moment. */
export function useFreshness(): Freshness {
  const now = useNow();
  const timeZone = useTimeZone();
  const { data } = useGatewayStatus();
  return prepareFreshness(data, now, timeZone);
}
