"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useSubscription } from "@trpc/tanstack-react-query";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef } from "react";

import { refreshOutdated } from "#portal/client/refresh-outdated.ts";
import { useTRPC } from "#portal/client/trpc.ts";

export type LiveState = "live" | "connecting";

/** The portal speaks at least every 15 seconds; a line that is silent for longer is dead. */
const SILENCE_MAX_MS = 40_000;
const CHECK_MS = 5_000;
/** Calls that land together refresh the page once. */
const GATHER_MS = 150;

const LiveContext = createContext<LiveState>("connecting");

/** Whether figures on this page follow the ledger at this moment. */
export function useLiveState(): LiveState {
  return useContext(LiveContext);
}

/** The one live line of this tab: when calls have reached the ledger, what follows from them is fetched anew. */
export function LiveUpdates({ children }: { children: ReactNode }) {
  const trpc = useTRPC();
  const refresh = useGatheredRefresh();
  const queryClient = useQueryClient();
  const refreshAlerts = () => void queryClient.invalidateQueries(trpc.alerts.pathFilter());
  const heardAtMs = useRef(0);
  const subscription = useSubscription(
    trpc.live.onLedger.subscriptionOptions(undefined, {
      onStarted: () => {
        heardAtMs.current = Date.now();
        refresh("all");
        refreshAlerts();
      },
      onData: ({ agentNames, hasAlerts }) => {
        heardAtMs.current = Date.now();
        refresh(agentNames);
        if (hasAlerts) refreshAlerts();
      },
    }),
  );

  const { status, reset } = subscription;
  useEffect(() => {
    heardAtMs.current = Date.now();
    const timer = setInterval(() => {
      if (Date.now() - heardAtMs.current < SILENCE_MAX_MS) return;
      heardAtMs.current = Date.now();
      reset();
    }, CHECK_MS);
    return () => clearInterval(timer);
  }, [reset]);

  return <LiveContext value={status === "pending" ? "live" : "connecting"}>{children}</LiveContext>;
}

function useGatheredRefresh(): (agentNames: readonly string[] | "all") => void {
  const queryClient = useQueryClient();
  const gathered = useRef(new Set<string>());
  const isEverything = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);

  useEffect(() => () => clearTimeout(timer.current ?? undefined), []);

  return useCallback(
    (agentNames) => {
      if (agentNames === "all") isEverything.current = true;
      else for (const name of agentNames) gathered.current.add(name);
      if (!isEverything.current && gathered.current.size === 0) return;
      timer.current ??= setTimeout(() => {
        const names = isEverything.current ? "all" : gathered.current;
        gathered.current = new Set();
        isEverything.current = false;
        timer.current = null;
        void refreshOutdated(queryClient, names);
      }, GATHER_MS);
    },
    [queryClient],
  );
}
