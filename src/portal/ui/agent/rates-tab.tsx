"use client";

import { useMutation, useQuery } from "@tanstack/react-query";

import type { AgentDetail, AgentRates } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { countOf } from "#portal/ui/format/counts.ts";
import { RelativeTime } from "#portal/ui/format/instant.tsx";
import { ratesText } from "#portal/ui/limits/prepare-rates.ts";
import { RateMeters } from "#portal/ui/limits/rate-meters.tsx";
import { RatesForm } from "#portal/ui/limits/rates-form.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { FailedState } from "#portal/ui/primitives/failed-state.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";

/** The window is a minute long: what is shown must not be much older than a glance. */
const EVERY_MS = 2_000;

/** Requests and tokens per minute: what counts now, what was refused, and (for admins) the form that sets them. */
export function RatesTab({ agent }: { agent: AgentDetail }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.rateLimits.status.queryOptions({ agentName: agent.name }, { refetchInterval: EVERY_MS }));
  if (query.data === undefined) {
    if (query.error === null) return <SkeletonRows rows={4} label="Loading the rate limits" />;
    return (
      <FailedState
        what="The rate limits could not be loaded."
        reason={failureText(query.error) ?? ""}
        onRetry={() => void query.refetch()}
        isRetrying={query.isFetching}
      />
    );
  }
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <LivePanel rates={query.data} />
      <Panel title="Limits per minute" note={<LastChange rates={query.data} />}>
        {agent.mayEdit ? <AgentRatesForm agentName={agent.name} rates={query.data} /> : <ReadOnly rates={query.data} />}
      </Panel>
    </div>
  );
}

function LivePanel({ rates }: { rates: AgentRates }) {
  return (
    <Panel title="The last minute" note="As the gateway counts it, every admitted call for 60 seconds.">
      {rates.live === null ? (
        <Notice tone="unsure" title="What counts now is unknown.">
          {rates.liveProblem}
        </Notice>
      ) : (
        <RateMeters live={rates.live} />
      )}
      <p className="mt-4 border-t pt-3 text-sm">
        {rates.refusedLastHour === 0 ? (
          <span className="text-ink-muted">No call was refused in the last hour for coming too fast.</span>
        ) : (
          <>
            <strong className="font-semibold">{countOf(rates.refusedLastHour, "call")}</strong> refused in the last hour
            for coming too fast. The agent is told to wait, and does.
          </>
        )}
      </p>
    </Panel>
  );
}

function LastChange({ rates: { settings } }: { rates: AgentRates }) {
  const who = settings.followsDefault ? "This agent follows the default. " : "";
  if (settings.updatedAt === null) return who;
  return (
    <>
      {who}Last changed by {settings.updatedBy ?? "somebody"}, <RelativeTime at={settings.updatedAt} />.
    </>
  );
}

function AgentRatesForm({ agentName, rates }: { agentName: string; rates: AgentRates }) {
  const trpc = useTRPC();
  const { settings, defaults } = rates;
  const query = useQuery(trpc.rateLimits.status.queryOptions({ agentName }, { enabled: false }));
  const onSettled = async () => void (await query.refetch());
  const set = useMutation(trpc.rateLimits.set.mutationOptions({ onSettled }));
  const clear = useMutation(trpc.rateLimits.clear.mutationOptions({ onSettled }));
  return (
    <RatesForm
      saved={settings}
      mayAdopt={settings.followsDefault}
      saving={{ isPending: set.isPending, isSuccess: set.isSuccess, error: set.error ?? clear.error, reset: set.reset }}
      onSave={(input, onSaved) => {
        clear.reset();
        set.mutate({ agentName, ...input }, { onSuccess: onSaved });
      }}
      actions={
        settings.followsDefault ? null : (
          <Button
            look="quiet"
            className="ml-auto"
            isBusy={clear.isPending}
            onClick={() => {
              set.reset();
              clear.mutate({ agentName, version: settings.version });
            }}
          >
            Follow the default ({ratesText(defaults)})
          </Button>
        )
      }
    />
  );
}

function ReadOnly({ rates: { settings } }: { rates: AgentRates }) {
  return (
    <div className="grid gap-2 text-sm">
      <p>{ratesText(settings)}</p>
      <p className="text-ink-muted">Only admins change them.</p>
    </div>
  );
}
