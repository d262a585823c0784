"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import { LOG_CONTENTS, type LogContent } from "#domain/helicone-log.ts";
import type { AgentDetail, LogSettings } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { LOG_CONTENT_WORDS } from "#portal/ui/observability/log-content-words.ts";
import { NotLoaded } from "#portal/ui/observability/not-loaded.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { SelectField } from "#portal/ui/primitives/field.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { Skeleton } from "#portal/ui/primitives/skeleton.tsx";

/** What Helicone is told of one agent's calls. For admins. */
export function AgentLogPanel({ agent }: { agent: AgentDetail }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.helicone.logSettings.queryOptions());
  return (
    <Panel title="What Helicone is told of it">
      {query.data === undefined ? (
        <NotLoaded query={query} what="What Helicone is told could not be loaded.">
          <Skeleton className="h-24 w-full" />
        </NotLoaded>
      ) : (
        <AgentLogForm agent={agent} settings={query.data} />
      )}
    </Panel>
  );
}

const AS_FLEET = "fleet";

function AgentLogForm({ agent, settings }: { agent: AgentDetail; settings: LogSettings }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const saved = settings.agents.find(({ agentName }) => agentName === agent.name)?.content ?? null;
  const [edited, setEdited] = useState<LogContent | typeof AS_FLEET | null>(null);
  const chosen = edited ?? saved ?? AS_FLEET;
  const effective = chosen === AS_FLEET ? settings.fleet : chosen;
  const save = useMutation(
    trpc.helicone.setAgentLog.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.helicone.logSettings.pathFilter());
        setEdited(null);
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ agentName: agent.name, content: chosen === AS_FLEET ? null : chosen });
  };
  return (
    <form onSubmit={submit} className="grid gap-2">
      <SelectField
        label="Of every call"
        hint={`${LOG_CONTENT_WORDS[effective].sends} ${settings.limits.ofContent[effective]}`}
        value={chosen}
        onChange={({ target }) => setEdited(LOG_CONTENTS.find((content) => content === target.value) ?? AS_FLEET)}
      >
        <option value={AS_FLEET}>As the fleet ({LOG_CONTENT_WORDS[settings.fleet].label.toLowerCase()})</option>
        {LOG_CONTENTS.map((content) => (
          <option key={content} value={content}>
            {LOG_CONTENT_WORDS[content].label}
          </option>
        ))}
      </SelectField>
      <LimitOfMode agent={agent} settings={settings} />
      {save.error ? <Notice tone="stop" title={failureText(save.error)} /> : null}
      <div className="flex items-center gap-3">
        <Button type="submit" look="primary" isBusy={save.isPending} disabled={edited === null}>
          Save
        </Button>
        <p role="status" className="text-xs text-ink-muted">
          {save.isSuccess && edited === null ? "Saved. It holds from the next call on." : ""}
        </p>
      </div>
    </form>
  );
}

/** What the choice cannot change for this agent. */
function LimitOfMode({ agent, settings: { mode, limits } }: { agent: AgentDetail; settings: LogSettings }) {
  if (mode === "log" && agent.routing !== "helicone") return null;
  const limit = agent.routing === "helicone" ? limits.ofMode.at(-1) : limits.ofMode[0];
  return limit === undefined ? null : <p className="text-xs text-near">{limit}</p>;
}
