"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { LOG_CONTENTS, type LogContent } from "#domain/helicone-log.ts";
import type { LogSettings } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { countOf } from "#portal/ui/format/counts.ts";
import { contentConsequence, LOG_CONTENT_WORDS } from "#portal/ui/observability/log-content-words.ts";
import { NotLoaded } from "#portal/ui/observability/not-loaded.tsx";
import { OwnChoices } from "#portal/ui/observability/own-choices.tsx";
import { ConfirmDialog } from "#portal/ui/primitives/confirm-dialog.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";

/** How much of a call Helicone is told, for the whole fleet: one click and a confirmation. */
export function LogContentPanel() {
  const trpc = useTRPC();
  const query = useQuery(trpc.helicone.logSettings.queryOptions());
  return (
    <Panel title="What Helicone is told" note="For the whole fleet. An agent may have a choice of its own.">
      {query.data === undefined ? (
        <NotLoaded query={query} what="What Helicone is told could not be loaded.">
          <SkeletonRows rows={3} label="Loading what Helicone is told" className="h-14" />
        </NotLoaded>
      ) : (
        <FleetChoice settings={query.data} />
      )}
    </Panel>
  );
}

function FleetChoice({ settings }: { settings: LogSettings }) {
  const [asked, setAsked] = useState<LogContent | null>(null);
  return (
    <div className="grid gap-4">
      <ModeLimits settings={settings} />
      <fieldset>
        <legend className="sr-only">What Helicone is told of every call</legend>
        <div className="grid gap-px overflow-hidden rounded-md border bg-line lg:grid-cols-3">
          {LOG_CONTENTS.map((content) => (
            <label key={content} className="flex items-start gap-2.5 bg-surface px-3 py-2.5 has-checked:bg-accent-soft">
              <input
                type="radio"
                name="fleet-log-content"
                value={content}
                checked={settings.fleet === content}
                onChange={() => setAsked(content)}
                className="mt-1 accent-accent"
              />
              <span className="grid gap-1 text-sm">
                <span className="font-medium">{LOG_CONTENT_WORDS[content].label}</span>
                <span className="text-xs">{LOG_CONTENT_WORDS[content].sends}</span>
                <span className="text-xs text-ink-muted">{settings.limits.ofContent[content]}</span>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <OwnChoices settings={settings} />
      {asked === null ? null : <ChangeFleet content={asked} settings={settings} onClose={() => setAsked(null)} />}
    </div>
  );
}

/** What the way Helicone is fed makes of any choice. */
function ModeLimits({ settings: { mode, limits } }: { settings: LogSettings }) {
  if (mode === "proxy") {
    return (
      <Notice tone="near" title="In proxy mode Helicone sees everything that passes through it">
        <ul className="grid gap-1">
          {limits.ofMode.map((limit) => (
            <li key={limit}>{limit}</li>
          ))}
          <li>
            For less, set <code className="font-mono text-xs">HELICONE_MODE=log</code> where the gateway runs.
          </li>
        </ul>
      </Notice>
    );
  }
  return (
    <div className="grid gap-1 text-xs text-ink-muted">
      {limits.ofMode.map((limit) => (
        <p key={limit}>{limit}</p>
      ))}
    </div>
  );
}

type ChangeFleetProps = { content: LogContent; settings: LogSettings; onClose: () => void };

function ChangeFleet({ content, settings, onClose }: ChangeFleetProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const others = settings.agents.filter((agent) => agent.content !== null && agent.content !== content).length;
  const [everyAgent, setEveryAgent] = useState(false);
  const change = useMutation(
    trpc.helicone.setFleetLog.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.helicone.logSettings.pathFilter());
        onClose();
      },
    }),
  );
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={`Tell Helicone: ${LOG_CONTENT_WORDS[content].label.toLowerCase()}?`}
      consequence={
        <div className="grid gap-3">
          <p>{contentConsequence(content)} It holds for all agents that have no choice of their own, at once.</p>
          {settings.mode === "proxy" ? <p>{settings.limits.ofMode[0]}</p> : null}
          {others === 0 ? null : (
            <label className="flex items-start gap-2 text-ink">
              <input
                type="checkbox"
                checked={everyAgent}
                onChange={(event) => setEveryAgent(event.target.checked)}
                className="mt-1 accent-accent"
              />
              Also for the {countOf(others, "agent")} with another choice of {others === 1 ? "its" : "their"} own
            </label>
          )}
        </div>
      }
      action={content === "full" ? "Send full texts" : "Change it"}
      onConfirm={() => change.mutate({ content, everyAgent })}
      isBusy={change.isPending}
      failure={failureText(change.error)}
    />
  );
}
