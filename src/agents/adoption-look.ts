import { type AdoptionCandidate, adoptionCandidate, generationOf } from "#agents/adoption-candidate.ts";
import { type ContainerToRoute, keyInForce, readContainer } from "#agents/adoption-plan.ts";
import type { AdoptedAgent, AdoptionStore } from "#agents/adoption-store.ts";
import type { RoutingSettings } from "#agents/agent-environment.ts";
import { hashKey } from "#agents/agent-token.ts";
import { OURS_LABEL } from "#agents/docker-container-spec.ts";
import type { DockerEngine, InspectedContainer } from "#agents/docker-engine.ts";
import { isBusy } from "#agents/docker-probe.ts";
import { isRunning } from "#agents/docker-recreate-options.ts";
import { keyInBaseUrl, WORKSPACE_ENV } from "#agents/workspace-env.ts";
import { type AgentRouting, isStoredAgentName, type RoutingWay } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";

type LookParts = {
  engine: DockerEngine;
  store: AdoptionStore;
  settingsOf(networks: readonly string[]): Promise<RoutingSettings>;
};

/** A container of others, and our record of it. */
export type Found = { container: InspectedContainer; agent: AdoptedAgent | null };

/** What a container is to us, also where that takes a look beyond its own variables. */
export async function lookAt(
  { engine, settingsOf }: LookParts,
  container: InspectedContainer,
  agent: AdoptedAgent | null,
): Promise<AdoptionCandidate> {
  const way = agent?.routedAt ? agent.way : null;
  const networks = Object.keys(container.NetworkSettings.Networks ?? {});
  // What cannot be read now is not there: it is then called lost until it can be.
  const [file, settings] = await Promise.all([
    way === "workspace" ? engine.readFile(container.Id, WORKSPACE_ENV).catch(() => null) : null,
    way === "provider" ? settingsOf(networks).catch(() => null) : null,
  ]);
  return adoptionCandidate(container, agent, {
    workspaceEnv: file?.text ?? null,
    gatewayUrl: settings?.gatewayUrl ?? null,
  });
}

/** The key that the agent already has, wherever our routing has put it, if it is the one in force. */
export async function presentKey(
  engine: DockerEngine,
  container: InspectedContainer,
  agent: AdoptedAgent | null,
): Promise<string | null> {
  if (agent?.way !== "workspace") return keyInForce(container, agent);
  const key = keyInBaseUrl((await engine.readFile(container.Id, WORKSPACE_ENV))?.text ?? "");
  return key !== null && hashKey(key).equals(agent.keyHash) ? key : null;
}

/** @throws DomainError conflict where this container cannot be led that way */
export function requireWay({
  container,
  agent,
  routing,
  way,
}: Found & { routing: AgentRouting; way: RoutingWay }): void {
  if (agent?.routedAt && agent.way !== way) {
    throw new DomainError("conflict", "It is routed another way. Give its container back first, then route it anew.");
  }
  if (way === "container") return;
  if (routing !== "gateway") throw new DomainError("conflict", "This way leads to the gateway only.");
  if (way === "workspace" && generationOf(container) === 1) {
    throw new DomainError("conflict", "Its Trinity is too old to read the .env file of a workspace at each start.");
  }
}

/** @throws DomainError not_found for whatever is no container of others for an agent */
export async function requireContainer(
  { engine, store }: Pick<LookParts, "engine" | "store">,
  name: string,
): Promise<Found> {
  const isName = isStoredAgentName(name); // nothing else gets into a path of Docker's
  const agent = isName ? await store.byName(name) : null;
  const container = isName ? await engine.inspect(agent?.containerName ?? `agent-${name}`) : null;
  const labels = container?.Config.Labels ?? {};
  if (container === null || labels["trinity.platform"] !== "agent" || labels[OURS_LABEL] !== undefined) {
    throw new DomainError("not_found", `There is no container of an agent named "${name}".`);
  }
  return { container, agent };
}

/** @throws DomainError conflict with what is in the way, or for Trinity's own agent unless that is said */
export function requireAllowed({
  container,
  agent,
  includeSystem,
}: Found & { includeSystem: boolean }): AdoptionCandidate {
  const candidate = adoptionCandidate(container, agent);
  const { name, obstacles, isSystem } = candidate;
  if (obstacles.length > 0) throw new DomainError("conflict", `${name}: ${obstacles.join(" ")}`);
  if (isSystem && !includeSystem)
    throw new DomainError("conflict", `${name} is Trinity's own agent and is left alone.`);
  return candidate;
}

/** What is known of a container that is to be made again. Errors as `requireAllowed`; unavailable without its image. */
export async function requireRoutable(
  engine: DockerEngine,
  { container, agent, includeSystem }: Found & { includeSystem: boolean },
): Promise<ContainerToRoute> {
  const { name } = requireAllowed({ container, agent, includeSystem });
  const target = await readContainer(engine, container, agent);
  if (target.imageEnvironment === null) {
    throw new DomainError("unavailable", `The image of ${name} is not there any more: it could not be made again.`);
  }
  return target;
}

/** @throws DomainError conflict */
export async function requireIdle(engine: DockerEngine, container: InspectedContainer, name: string): Promise<void> {
  if (isRunning(container) && (await isBusy(engine, container.Id))) {
    throw new DomainError("conflict", `${name} is at work. Wait until it is idle.`);
  }
}
