"use client";

import Link from "next/link";

import type { LogSettings } from "#portal/client/answers.ts";
import { LOG_CONTENT_WORDS } from "#portal/ui/observability/log-content-words.ts";

/** The agents that do not follow the fleet's choice, each with the way to change that. */
export function OwnChoices({ settings: { agents, fleet } }: { settings: LogSettings }) {
  const own = agents.flatMap(({ agentName, content }) => (content === null ? [] : [{ agentName, content }]));
  if (own.length === 0) return <p className="text-sm text-ink-muted">Every agent follows the fleet.</p>;
  return (
    <div className="text-sm">
      <h3 className="mb-1 font-medium">Agents with a choice of their own</h3>
      <ul className="grid gap-x-8 sm:grid-cols-2 xl:grid-cols-3">
        {own.map(({ agentName, content }) => (
          <li key={agentName} className="flex items-baseline justify-between gap-3 border-b py-1.5">
            <Link href={`/agents/${encodeURIComponent(agentName)}?tab=settings`} className="link break-all">
              {agentName}
            </Link>
            <span className={content === fleet ? "text-ink-muted" : ""}>{LOG_CONTENT_WORDS[content].label}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
