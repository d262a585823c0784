import type { QueryKey } from "@tanstack/react-query";

/** The routers whose answers follow from the ledger, or from what agents do. */
const LEDGER_ROUTERS: readonly unknown[] = [
  "adoption",
  "agents",
  "budgets",
  "chat",
  "costs",
  "insights",
  "overview",
  "requests",
  "sessions",
  "telemetry",
];

/** Of the budgets: what tells of days that are over. */
const PAST_ONLY: readonly unknown[] = ["history", "sharedHistory"];

/** Of the agents: what says who there is, and no figure. */
const NAMES_ONLY: readonly unknown[] = ["names", "search"];

/** Of the calls: lists that people are reading, and what does not change. New calls are told in a line of their own. */
const KEPT_STILL: readonly unknown[] = ["search", "one", "models", "durations"];

/**
 * Whether a cached answer is out of date once calls of these agents have reached the ledger: those about one
 * of them, and those about all agents. `"all"`: whatever may have changed while nobody was listening.
 */
export function concernsAgents(queryKey: QueryKey, agentNames: ReadonlySet<string> | "all"): boolean {
  const [path, options] = queryKey;
  if (!Array.isArray(path) || !LEDGER_ROUTERS.includes(path[0])) return false;
  if (path[0] === "budgets" && PAST_ONLY.includes(path[1])) return false;
  if (path[0] === "agents" && NAMES_ONLY.includes(path[1])) return agentNames === "all"; // calls change none
  if (path[0] === "sessions" && path[1] === "list") return false; // somebody reads it; the open session follows
  if (path[0] === "requests" && KEPT_STILL.includes(path[1])) return false;
  const agentName = agentNameOf(options);
  return agentNames === "all" || agentName === null || agentNames.has(agentName);
}

function agentNameOf(options: unknown): string | null {
  if (typeof options !== "object" || options === null || !("input" in options)) return null;
  const { input } = options;
  if (typeof input !== "object" || input === null || !("agentName" in input)) return null;
  return typeof input.agentName === "string" ? input.agentName : null;
}
