"use client";

import { useQuery } from "@tanstack/react-query";
import { Check, LoaderCircle } from "lucide-react";
import { useState } from "react";

import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import {
  CONNECT_FORMATS,
  type ConnectFormat,
  type ConnectVariant,
  keyPlaceholder,
  prepareConnectLines,
  prepareVariants,
} from "#portal/ui/agent/prepare-connect-lines.ts";
import { RelativeTime } from "#portal/ui/format/instant.tsx";
import { CopyButton } from "#portal/ui/primitives/copy-button.tsx";
import { FailedState } from "#portal/ui/primitives/failed-state.tsx";
import { ScrollBox } from "#portal/ui/primitives/scroll-box.tsx";
import { Skeleton } from "#portal/ui/primitives/skeleton.tsx";
import { SwitchGroup } from "#portal/ui/primitives/switch-group.tsx";

const FORMATS = CONNECT_FORMATS.map((value) => ({
  value,
  label: { shell: "Shell", dotenv: ".env", settings: "settings.json" }[value],
}));

const VARIANTS = {
  "agent-key": {
    label: "Gateway holds the Anthropic key",
    why: "The agent's only credential is its key below; the gateway puts the Anthropic key in.",
  },
  "own-key": {
    label: "Agent keeps its own Anthropic key",
    why: "Its own key or sign-in travels on to Anthropic as before; the header only says which agent is calling.",
  },
} as const;

type ConnectPanelProps = {
  agentName: string;
  keyHint: string /** Readable only right after it was made. */;
  virtualKey: string | null;
};

/** The lines that connect Claude Code as this agent, and whether it has called yet. */
export function ConnectPanel({ agentName, keyHint, virtualKey }: ConnectPanelProps) {
  const trpc = useTRPC();
  const connection = useQuery(trpc.agents.connection.queryOptions({ agentName }));
  if (connection.data === undefined) {
    return connection.error === null ? (
      <Skeleton className="h-56 w-full" />
    ) : (
      <FailedState
        what="The gateway's address could not be loaded."
        reason={failureText(connection.error) ?? ""}
        onRetry={() => void connection.refetch()}
        isRetrying={connection.isFetching}
      />
    );
  }
  const { gatewayUrl, gatewayHoldsKey } = connection.data;
  return (
    <div className="grid gap-4">
      <ConnectLines
        gatewayUrl={gatewayUrl}
        gatewayHoldsKey={gatewayHoldsKey}
        virtualKey={virtualKey ?? keyPlaceholder(keyHint)}
      />
      <FirstCall agentName={agentName} />
    </div>
  );
}

type ConnectLinesProps = { gatewayUrl: string; gatewayHoldsKey: boolean | null; virtualKey: string };

function ConnectLines({ gatewayUrl, gatewayHoldsKey, virtualKey }: ConnectLinesProps) {
  const variants = prepareVariants(gatewayHoldsKey);
  const [chosen, setChosen] = useState<ConnectVariant | null>(null);
  const [format, setFormat] = useState<ConnectFormat>("shell");
  const [hasExtras, setHasExtras] = useState(true);
  const [hasTelemetry, setHasTelemetry] = useState(false);
  const variant = chosen ?? variants[0] ?? "own-key";
  const lines = prepareConnectLines({ gatewayUrl, virtualKey }, { variant, format, hasExtras, hasTelemetry });

  return (
    <div className="grid gap-3">
      <fieldset className="grid gap-2">
        <legend className="mb-1.5 text-sm font-medium">Who holds the Anthropic key?</legend>
        {variants.map((option) => (
          <label key={option} className="flex items-start gap-2 text-sm">
            <input
              type="radio"
              name="variant"
              checked={variant === option}
              onChange={() => setChosen(option)}
              className="mt-1 accent-accent"
            />
            <span>
              {VARIANTS[option].label}
              <span className="block text-xs text-ink-muted">
                {VARIANTS[option].why}
                {option === "agent-key" && gatewayHoldsKey !== true
                  ? " This gateway holds none at present, so calls would be refused."
                  : null}
              </span>
            </span>
          </label>
        ))}
      </fieldset>
      <div className="overflow-hidden rounded-md border">
        <div className="flex flex-wrap items-center justify-between gap-2 border-b bg-sunken px-2 py-1.5">
          <SwitchGroup label="Format" options={FORMATS} value={format} onChange={setFormat} />
          <CopyButton text={lines} label="Copy the lines" />
        </div>
        <ScrollBox label="Lines to copy" className="bg-sunken px-3 py-2.5">
          <pre className="font-mono text-xs leading-5">{lines}</pre>
        </ScrollBox>
      </div>
      <label className="flex items-start gap-2 text-sm">
        <input
          type="checkbox"
          checked={hasExtras}
          onChange={(event) => setHasExtras(event.target.checked)}
          className="mt-1 accent-accent"
        />
        <span>
          Recommended extras
          <span className="block text-xs text-ink-muted">
            No calls beside the agent's own work, no silent updates, and headers that group calls by prompt.
          </span>
        </span>
      </label>
      <label className="flex items-start gap-2 text-sm">
        <input
          type="checkbox"
          checked={hasTelemetry}
          onChange={(event) => setHasTelemetry(event.target.checked)}
          className="mt-1 accent-accent"
        />
        <span>
          With telemetry
          <span className="block text-xs text-ink-muted">
            Claude Code reports its own costs, changed lines and tools to the gateway: see the tab “Telemetry”.
          </span>
        </span>
      </label>
    </div>
  );
}

/** Waits for the first call, and turns by itself when it arrives. */
function FirstCall({ agentName }: { agentName: string }) {
  const trpc = useTRPC();
  const { data: agent } = useQuery(trpc.agents.get.queryOptions({ agentName }));
  const lastSeenAt = agent?.lastSeenAt ?? null;
  return (
    <p role="status" className="flex items-center gap-2 rounded-md border bg-sunken px-3 py-2 text-sm">
      {lastSeenAt === null ? (
        <>
          <LoaderCircle aria-hidden className="size-4 animate-spin text-ink-muted" />
          Waiting for the first call…
        </>
      ) : (
        <>
          <Check aria-hidden className="size-4 text-accent" />
          <span>
            Connected: the latest call was <RelativeTime at={lastSeenAt} />.
          </span>
        </>
      )}
    </p>
  );
}
