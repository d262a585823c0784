import { ANY_CALL, type CallFilter } from "#domain/call-query.ts";
import type { SessionSort } from "#domain/session-query.ts";

import type { Seeded } from "./seed-calls.ts";

/** Something that a page asks the server for. */
export type View = { name: string; procedure: string; input: unknown };

/** What the overview, the agents, an agent's page and the list of calls ask for: the latter with each filter, and in each order. */
export function viewsOf({ agents, ownerId, sessionId, rareModel }: Seeded): View[] {
  const [agentName = ""] = agents;
  const search = (name: string, filter: Partial<Record<keyof CallFilter, unknown>>, sort = "newest"): View => ({
    name: `calls: ${name}`,
    procedure: "requests.search",
    input: { query: { span: "7d", sort, filter: { ...ANY_CALL, ...filter } }, limit: 50 },
  });
  const sessions = (sort: SessionSort): View => ({
    name: `sessions: ${sort}`,
    procedure: "sessions.list",
    input: { query: { span: "7d", sort, agentName: null }, limit: 50 },
  });
  return [
    { name: "overview, 7 days", procedure: "overview.get", input: { days: 7 } },
    { name: "overview, 30 days", procedure: "overview.get", input: { days: 30 } },
    { name: "overview: budgets", procedure: "overview.budgets", input: undefined },
    { name: "overview: insights", procedure: "insights.fleet", input: { days: 30 } },
    { name: "agents", procedure: "agents.list", input: undefined },
    { name: "agent: head", procedure: "agents.get", input: { agentName } },
    { name: "agent: cost by day", procedure: "costs.byDay", input: { agentName, days: 30 } },
    { name: "agent: cost by model", procedure: "costs.byModel", input: { agentName, days: 30 } },
    { name: "calls: percentiles", procedure: "requests.durations", input: { span: "7d", of: null } },
    { name: "agent: insights", procedure: "insights.agent", input: { agentName, days: 30 } },
    sessions("latest"),
    sessions("dearest"),
    search("newest", {}),
    search("of an agent", { agentName }),
    search("of an owner", { ownerId }),
    search("of a rare model", { model: rareModel }),
    search("failed", { outcome: "failed" }),
    search("with status 529", { status: 529 }),
    search("of a session", { sessionId }),
    search("from $0.10", { costMin: "0.10" }),
    search("from 90,000 tokens", { tokensMin: 90_000 }),
    search("from 30 s", { latencyMinMs: 30_000 }),
    search("slowest", {}, "slowest"),
    search("dearest", {}, "dearest"),
    search("most tokens", {}, "most-tokens"),
    search("lowest cache hit", {}, "lowest-cache-hit"),
  ];
}
