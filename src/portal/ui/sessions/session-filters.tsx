"use client";

import { useQuery } from "@tanstack/react-query";

import { CALL_SPANS } from "#domain/call-query.ts";
import { SESSION_SORTS } from "#domain/session-query.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { Choice } from "#portal/ui/primitives/choice.tsx";
import { SPAN_WORDS } from "#portal/ui/requests/call-words.ts";
import { SESSION_SORT_WORDS } from "#portal/ui/sessions/session-words.ts";
import type { SessionView } from "#portal/ui/sessions/use-session-view.ts";

/** Which sessions, and in what order. On an agent's own page there is no other agent to choose. */
export function SessionFilters({ view, hasAgents }: { view: SessionView; hasAgents: boolean }) {
  const { query, show } = view;
  return (
    <section
      aria-label="Which sessions"
      className="grid grid-cols-[repeat(auto-fill,minmax(8.5rem,1fr))] items-end gap-2 md:max-w-2xl"
    >
      <Choice
        label="Called in"
        value={query.span}
        onChoose={(value) => show({ span: CALL_SPANS.find((span) => span === value) ?? "7d" })}
      >
        {CALL_SPANS.map((span) => (
          <option key={span} value={span}>
            {SPAN_WORDS[span]}
          </option>
        ))}
      </Choice>
      {hasAgents ? <AgentChoice view={view} /> : null}
      <Choice
        label="Order"
        value={query.sort}
        onChoose={(value) => show({ sort: SESSION_SORTS.find((sort) => sort === value) ?? "latest" })}
      >
        {SESSION_SORTS.map((sort) => (
          <option key={sort} value={sort}>
            {SESSION_SORT_WORDS[sort]}
          </option>
        ))}
      </Choice>
    </section>
  );
}

function AgentChoice({ view: { query, show } }: { view: SessionView }) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.agents.names.queryOptions());
  const names = data?.agents.map(({ name }) => name) ?? [];
  const { agentName } = query;
  const listed = agentName === null || names.includes(agentName) ? names : [agentName, ...names];
  return (
    <Choice label="Agent" value={agentName ?? ""} onChoose={(value) => show({ agentName: value || null })}>
      <option value="">All agents</option>
      {listed.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </Choice>
  );
}
