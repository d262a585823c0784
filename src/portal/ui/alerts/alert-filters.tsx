"use client";

import { useQuery } from "@tanstack/react-query";

import type { AlertChoice } from "#portal/client/latest-alerts.ts";
import { useTRPC } from "#portal/client/trpc.ts";

const KINDS = [
  { value: "", label: "All kinds" },
  { value: "threshold", label: "Limits" },
  { value: "runaway", label: "Runaway" },
  { value: "repetition", label: "Repetition" },
  { value: "request", label: "Requests" },
  { value: "unrouted", label: "Past the gateway" },
] as const;
const CONTROL =
  "h-8 min-w-0 max-w-44 rounded-md border border-line-strong bg-surface px-2 text-sm text-ink max-md:h-10 max-sm:flex-1";

/** Narrows the alerts down to one kind, or one agent. */
export function AlertFilters({ choice }: { choice: AlertChoice }) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.agents.names.queryOptions());
  const names = data?.agents.map(({ name }) => name) ?? [];
  const known = choice.agentName === null || names.includes(choice.agentName) ? names : [choice.agentName, ...names];
  return (
    <div className="flex min-w-0 flex-wrap gap-2 max-sm:w-full">
      <select
        aria-label="Kind"
        value={choice.kind ?? ""}
        onChange={({ target }) => choose("kind", target.value)}
        className={CONTROL}
      >
        {KINDS.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      <select
        aria-label="Agent"
        value={choice.agentName ?? ""}
        onChange={({ target }) => choose("agent", target.value)}
        className={CONTROL}
      >
        <option value="">All agents</option>
        {known.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Next follows the address. */
function choose(name: "kind" | "agent", value: string): void {
  const search = new URLSearchParams(window.location.search);
  if (value === "") search.delete(name);
  else search.set(name, value);
  window.history.replaceState(null, "", search.size === 0 ? "/alerts" : `/alerts?${search}`);
}
