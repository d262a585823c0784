/** Lower-case letters, digits and hyphens: safe as a container name, in a header, in a URL and in a file name. */
export const AGENT_NAME_PATTERN = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** Says what is wrong with a name, or null when it is a valid agent name. */
export function agentNameProblem(name: string): string | null {
  if (name === "") return "Give the agent a name.";
  if (name.length > 63) return "A name has at most 63 characters.";
  if (!AGENT_NAME_PATTERN.test(name)) {
    return "Use lower-case letters, digits and hyphens, starting with a letter or a digit.";
  }
  return null;
}

/** Whether an agent can have this name at all. Containers made by others may have dots, underscores and longer names. */
export function isStoredAgentName(name: string): boolean {
  return /^[a-z0-9][a-z0-9_.-]{0,127}$/.test(name);
}

/** Virtual keys are known by this prefix, wherever they arrive. */
export const VIRTUAL_KEY_PREFIX = "tvk_";

/** Who asks: a person signed in to the portal, or an API key acting as its creator. */
export type Actor = { userId: string; name: string; role: "admin" | "owner" };

/** What a session claims: to be believed only while the account agrees. */
export type SessionClaim = { userId: string; sessionVersion: number };

/** Admins see every agent, owners their own. The one rule of visibility, for pages, tRPC and REST alike. */
export function maySeeAgent(actor: Actor, agent: { ownerId: string | null }): boolean {
  return actor.role === "admin" || agent.ownerId === actor.userId;
}

/** `gateway`: metered and limited. `helicone`: straight to Helicone, unguarded. `direct`: telemetry only. */
export const AGENT_ROUTINGS = ["gateway", "helicone", "direct"] as const;
export type AgentRouting = (typeof AGENT_ROUTINGS)[number];

/**
 * How an agent in a container of others is told where the gateway is. `container`: by a variable of its container.
 * `workspace`: by a line in the `.env` file of its workspace, which Trinity reads whenever it starts Claude Code.
 * `provider`: by Trinity itself, whose model provider the gateway is; only our header is added.
 */
export const ROUTING_WAYS = ["container", "workspace", "provider"] as const;
export type RoutingWay = (typeof ROUTING_WAYS)[number];
