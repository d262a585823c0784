import { type Environment, isRouted, valueIn } from "#agents/adoption-environment.ts";
import type { AdoptedAgent } from "#agents/adoption-store.ts";
import { BASE_URL, claudeBaseUrl } from "#agents/agent-environment.ts";
import type { InspectedContainer } from "#agents/docker-engine.ts";
import { nameOf, recreateProblem } from "#agents/docker-recreate-options.ts";
import { containerStatus } from "#agents/docker-state.ts";
import type { AgentStatus } from "#agents/runtime.ts";
import { hasBaseUrl } from "#agents/workspace-env.ts";
import { type AgentRouting, isStoredAgentName, type RoutingWay } from "#domain/agent.ts";

/**
 * `routed`: its calls go through us. `lost`: they were to, and somebody made the container again without our
 * variables, so its spend is not metered. `missing`: it was routed and there is no such container now.
 */
export type RoutingState = "not_routed" | "routed" | "lost" | "missing";

/** A container with Trinity's label that we did not make, as people see it. Holds no value of its environment. */
export type AdoptionCandidate = {
  /** The agent's name by its label. */
  name: string;
  containerName: string;
  status: AgentStatus;
  type: string | null;
  template: string | null;
  /** Our record of it; null until it is adopted. */
  agentId: number | null;
  state: RoutingState;
  /** How it is routed; null where it is not. */
  routing: AgentRouting | null;
  /** How it is told where the gateway is; null where it is not routed. */
  way: RoutingWay | null;
  routedAt: Date | null;
  /** What is wrong, in a sentence, or null. */
  problem: string | null;
  /** Why it cannot be routed at present; empty when it can. */
  obstacles: string[];
  isSystem: boolean;
  /**
   * 1, 2 or 3: which of Trinity's generations made it, by what it carries. The third sets the base URL itself whenever
   * it makes a container again, so that routing by recreate lasts until then.
   */
  generation: 1 | 2 | 3;
};

export const ROUTING_LOST = "Routing lost: spend is not metered. The container was made again without our variables.";
const LINE_LOST = "Routing lost: spend is not metered. The line in its workspace's .env file is gone or another.";
const NOT_PROVIDED =
  "Spend is not metered: Trinity has not given it the gateway's address. Set the gateway as Trinity's model provider and apply it.";
const SYSTEM_AGENT = "trinity-system";
const WORKSPACE = "/home/developer";
const BACKUP_MARK = "--trinity-llm-bak-";
/** Set by Trinity where a provider of its own takes Anthropic's place. */
const PROVIDER_VARIABLES = ["TRINITY_PROVIDER_MODELS", "TRINITY_PROVIDER_CONTEXT_WINDOWS"];

export function backupName(containerName: string, now: Date): string {
  return `${containerName}${BACKUP_MARK}${now.getTime()}`;
}

/** Whether this is an old container that a recreate has put aside for a moment. */
export function isBackup(containerName: string): boolean {
  return containerName.includes(BACKUP_MARK);
}

/** What else has to be looked at where the container's own variables do not say it all. */
export type SeenOutside = {
  /** The text of its workspace's .env file; null: there is none, or it was not looked at. */
  workspaceEnv: string | null;
  /** What it would call as the gateway; null: not known. */
  gatewayUrl: string | null;
};

/** What a container is to us. Pure; `agent` is our record of it, if there is one. */
export function adoptionCandidate(
  container: InspectedContainer,
  agent: AdoptedAgent | null,
  seen: SeenOutside = { workspaceEnv: null, gatewayUrl: null },
): AdoptionCandidate {
  const { Labels: labels, Env } = container.Config;
  const containerName = nameOf(container);
  const name = labels["trinity.agent-name"] || containerName.replace(/^agent-/, "");
  const isRoutedByUs = agent !== null && agent.routedAt !== null;
  const problem = isRoutedByUs ? lossOf(agent, Env, seen) : null;
  return {
    name,
    containerName,
    status: containerStatus(container.State.Status),
    type: labels["trinity.agent-type"] || null,
    template: labels["trinity.template"] || null,
    agentId: agent?.id ?? null,
    state: routingState(isRoutedByUs, problem === null),
    routing: isRoutedByUs ? agent.routing : null,
    way: isRoutedByUs ? agent.way : null,
    routedAt: agent?.routedAt ?? null,
    problem,
    obstacles: obstaclesOf(container, name),
    isSystem: labels["trinity.is-system"] === "true" || name === SYSTEM_AGENT,
    generation: generationOf(container),
  };
}

/** A routed agent whose container is not there any more. */
export function missingCandidate(agent: AdoptedAgent): AdoptionCandidate {
  return {
    name: agent.name,
    containerName: agent.containerName,
    status: "missing",
    type: agent.type,
    template: agent.template,
    agentId: agent.id,
    state: agent.routedAt === null ? "not_routed" : "missing",
    routing: agent.routedAt === null ? null : agent.routing,
    way: agent.routedAt === null ? null : agent.way,
    routedAt: agent.routedAt,
    problem: "Its container is gone.",
    obstacles: ["Its container is gone."],
    isSystem: false,
    generation: 1,
  };
}

/** Why a routed agent's calls do not come by, or null. */
function lossOf({ way, routed }: AdoptedAgent, environment: Environment, seen: SeenOutside): string | null {
  switch (way) {
    case "container":
      return isRouted(environment, routed) ? null : ROUTING_LOST;
    case "workspace":
      return hasBaseUrl(seen.workspaceEnv ?? "", routed) ? null : LINE_LOST;
    case "provider": {
      if (!isRouted(environment, routed)) return ROUTING_LOST;
      const given = valueIn(environment, BASE_URL) ?? "";
      const isOurs = seen.gatewayUrl !== null && given.replace(/\/+$/, "") === claudeBaseUrl(seen.gatewayUrl);
      return isOurs ? null : NOT_PROVIDED;
    }
  }
}

function routingState(isRoutedByUs: boolean, isInPlace: boolean): RoutingState {
  if (!isRoutedByUs) return "not_routed";
  return isInPlace ? "routed" : "lost";
}

function obstaclesOf(container: InspectedContainer, name: string): string[] {
  const workspace = container.Mounts.find(({ Destination }) => Destination === WORKSPACE);
  return [
    isStoredAgentName(name) ? null : "Its name has characters that an agent's name cannot have.",
    nameOf(container) === `agent-${name}` ? null : `Its container is not named agent-${name}, as its label says.`,
    workspace?.Type === "volume" || workspace?.Type === "bind"
      ? null
      : `It keeps its workspace (${WORKSPACE}) on no volume: making it again would lose its files.`,
    recreateProblem(container),
  ].filter((obstacle) => obstacle !== null);
}

/** Which of Trinity's generations made a container, by what it carries. */
export function generationOf({ Config: { Env, Labels } }: InspectedContainer): 1 | 2 | 3 {
  if (PROVIDER_VARIABLES.some((name) => valueIn(Env, name) !== null)) return 3;
  if (valueIn(Env, "TRINITY_AGENT_AUTH_TOKEN") === null) return 1;
  return Labels["trinity.agent-type"] === undefined ? 3 : 2;
}
