"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Play, RotateCw, Square } from "lucide-react";
import type { AgentDetail, RunState } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { formatMemory, prepareRunState } from "#portal/ui/agent/prepare-run-state.ts";
import { classNames } from "#portal/ui/class-names.ts";
import { RelativeTime } from "#portal/ui/format/instant.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";
import { Skeleton } from "#portal/ui/primitives/skeleton.tsx";

const STATE_EVERY_MS = 10_000;
const USAGE_EVERY_MS = 5_000;

const DOTS = { on: "bg-accent", off: "bg-ink-faint", busy: "bg-near-bar", stop: "bg-stop-bar" } as const;

const DEEDS = [
  { deed: "start", label: "Start", icon: Play },
  { deed: "stop", label: "Stop", icon: Square },
  { deed: "restart", label: "Restart", icon: RotateCw },
] as const;

/** The state of an agent, as fresh as the live line makes it; null for one that somebody else runs. */
export function useRunState(agentName: string): RunState | null | undefined {
  const trpc = useTRPC();
  return useQuery(trpc.agents.state.queryOptions({ agentName }, { refetchInterval: STATE_EVERY_MS })).data;
}

/** Starts, stops and restarts an agent, and says when that did not work. */
export function useRunDeeds(agentName: string) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const onSettled = () => queryClient.invalidateQueries(trpc.agents.state.queryFilter({ agentName }));
  const start = useMutation(trpc.agents.start.mutationOptions({ onSettled }));
  const stop = useMutation(trpc.agents.stop.mutationOptions({ onSettled }));
  const restart = useMutation(trpc.agents.restart.mutationOptions({ onSettled }));
  const deeds = { start, stop, restart };
  return {
    busy: Object.entries(deeds).find(([, deed]) => deed.isPending)?.[0] ?? null,
    failure: failureText(Object.values(deeds).find((deed) => deed.error !== null)?.error),
    run(deed: keyof typeof deeds) {
      for (const other of Object.values(deeds)) other.reset();
      deeds[deed].mutate({ agentName });
    },
  };
}

/** Whether the agent runs, what it consumes, and the buttons that change that. Nothing for agents of others. */
export function RunControls({ agent }: { agent: AgentDetail }) {
  const state = useRunState(agent.name);
  const deeds = useRunDeeds(agent.name);
  if (agent.runtime === "external" || state === null) return null;
  if (state === undefined) return <Skeleton className="mt-3 h-8 w-64" />;
  const view = prepareRunState(state);
  const problem = deeds.failure ?? view.problem;
  return (
    <div className="mt-3 grid gap-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 text-sm">
        <p className="flex items-center gap-2" role="status">
          <span aria-hidden className={classNames("size-2 rounded-full", DOTS[view.tone])} />
          <span className="font-medium">{view.word}</span>
          {state.startedAt === null ? null : (
            <span className="text-ink-muted">
              since <RelativeTime at={state.startedAt} />
            </span>
          )}
        </p>
        {state.status === "running" ? <Usage agentName={agent.name} /> : null}
        <div className="flex gap-1.5">
          {DEEDS.filter(({ deed }) => view.may[deed]).map(({ deed, label, icon: Icon }) => (
            <Button
              key={deed}
              look={deed === "start" ? "primary" : "plain"}
              isBusy={deeds.busy === deed}
              onClick={() => deeds.run(deed)}
            >
              {deeds.busy === deed ? null : <Icon aria-hidden />}
              {label}
            </Button>
          ))}
        </div>
      </div>
      {problem === null ? null : <Notice tone="stop" title={problem} className="max-w-2xl" />}
    </div>
  );
}

function Usage({ agentName }: { agentName: string }) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.agents.usage.queryOptions({ agentName }, { refetchInterval: USAGE_EVERY_MS }));
  if (data === undefined || data === null) return null;
  const limit = data.memoryLimitBytes === null ? "" : ` of ${formatMemory(data.memoryLimitBytes)}`;
  return (
    <p className="text-ink-muted">
      CPU {Math.round(data.cpuPercent)} % · {formatMemory(data.memoryBytes)}
      {limit}
    </p>
  );
}
