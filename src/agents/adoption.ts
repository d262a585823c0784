import { type AdoptionCandidate, generationOf, isBackup, missingCandidate } from "#agents/adoption-candidate.ts";
import { valueIn } from "#agents/adoption-environment.ts";
import {
  type Found,
  lookAt,
  presentKey,
  requireAllowed,
  requireContainer,
  requireIdle,
  requireRoutable,
  requireWay,
} from "#agents/adoption-look.ts";
import { planGivingBack, planRouting } from "#agents/adoption-plan.ts";
import { type RoutingPreview, recreateNotices, variableChanges } from "#agents/adoption-preview.ts";
import { type RecreationParts, recreateAgent, settlePending } from "#agents/adoption-recreate.ts";
import type { AdoptedAgent, Adopter } from "#agents/adoption-store.ts";
import { previewWorkspace, routeWorkspace, unrouteWorkspace } from "#agents/adoption-workspace.ts";
import { BASE_URL, claudeBaseUrl, type RoutingSettings, routingVariables } from "#agents/agent-environment.ts";
import { createVirtualKey } from "#agents/agent-token.ts";
import { AGENT_LABEL, OURS_LABEL } from "#agents/docker-container-spec.ts";
import { isRunning, nameOf } from "#agents/docker-recreate-options.ts";
import { createSerialByKey } from "#agents/serial-by-key.ts";
import { type AgentRouting, isStoredAgentName, type RoutingWay } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";

export type { AdoptionCandidate, RoutingState } from "#agents/adoption-candidate.ts";
export type { RoutingPreview, VariableChange } from "#agents/adoption-preview.ts";
export type { Adopter } from "#agents/adoption-store.ts";

export type AdoptionParts = RecreationParts & {
  /** Where a container in these networks finds the gateway. */
  settingsOf(networks: readonly string[]): Promise<RoutingSettings>;
};

export type RouteRequest = {
  /** Default: by the gateway. */
  routing?: AgentRouting;
  /** How it is told where that is. Default: by its container's variables. Other ways lead to the gateway only. */
  way?: RoutingWay;
  /** Of an agent that is not adopted yet. */
  ownerId?: string | null;
  /** Trinity's own system agent is left alone unless this is said. */
  includeSystem?: boolean;
};

/** What became of one of several. `problem` null: done. */
export type RouteResult = { name: string; problem: string | null };

/** A key that opens nothing, for a look at what would be changed. */
const NO_KEY = `tvk_${"0".repeat(32)}`;

export type Adoption = ReturnType<typeof createAdoption>;

/**
 * Agents in containers made by others: seen by their label, routed by making their container again with our variables,
 * and given back as they were. Their own credential stays in the container and pays. The caller has made sure that the
 * person may do this. Values of a container's environment are in no answer and no error.
 */
export function createAdoption(parts: AdoptionParts) {
  const { store } = parts;
  const serially = createSerialByKey();
  const oneByOne = async (names: readonly string[], deed: (name: string) => Promise<void>): Promise<RouteResult[]> => {
    const results: RouteResult[] = [];
    for (const name of names) results.push({ name, problem: await problemOf(() => deed(name)) });
    return results;
  };
  const changing = new Set<string>();
  const change = <T>(name: string, deed: () => Promise<T>) =>
    serially(name, async () => {
      changing.add(name);
      return deed().finally(() => changing.delete(name));
    });
  const route = (adopter: Adopter, name: string, request: RouteRequest = {}) =>
    change(name, () => routeAgent(parts, { adopter, name, request }));
  const unroute = (adopter: Adopter, name: string) => change(name, () => unrouteAgent(parts, adopter, name));

  return {
    /**
     * Finishes or undoes what was cut short, by us or by others. What another process began less than `minAgeMs` ago may
     * still be going on there and is left; at its start the portal leaves none.
     */
    async settle(minAgeMs = 0): Promise<void> {
      const now = parts.clock().getTime();
      const due = (await store.pending()).filter(({ startedAt }) => now - startedAt.getTime() >= minAgeMs);
      for (const { agentName } of due) await serially(agentName, () => settleAgent(parts, agentName));
    },

    /** Whether the agent is being routed or given back at this moment, here or by another process. */
    isChanging: async (name: string): Promise<boolean> =>
      changing.has(name) || (await store.pending()).some(({ agentName }) => agentName === name),

    /** Every container that others made for an agent, by name, and agents of ours whose container is gone. */
    list: (): Promise<AdoptionCandidate[]> => listCandidates(parts),

    /** @throws DomainError not_found */
    find: async (name: string): Promise<AdoptionCandidate> => {
      const { container, agent } = await requireContainer(parts, name);
      return lookAt(parts, container, agent);
    },

    /**
     * What routing would change, with nothing changed yet.
     * @throws DomainError not_found; conflict with the obstacle, when it cannot be routed
     */
    preview: (name: string, request: Pick<RouteRequest, "routing" | "way"> = {}): Promise<RoutingPreview> =>
      previewRouting(parts, name, request),

    /**
     * Routes the agent, adopting it first where needed. A running one is seen answering before the old container goes;
     * if it does not, all is as before. A stopped one stays stopped.
     * @throws DomainError not_found; conflict when it is busy, cannot be made again or its name is taken; unavailable
     */
    route,

    /** Routes every agent that can be and is idle. Trinity's system agent is left out. */
    async routeIdle(adopter: Adopter): Promise<RouteResult[]> {
      const names = (await listCandidates(parts))
        .filter((candidate) => candidate.state === "not_routed" || candidate.state === "lost")
        .filter(({ isSystem, obstacles }) => !isSystem && obstacles.length === 0)
        .map(({ name }) => name);
      return oneByOne(names, (name) => route(adopter, name));
    },

    /**
     * Takes our variables out again: the container's environment is what it was, to the letter.
     * @throws DomainError not_found for an agent that is not adopted; conflict when it is busy; unavailable
     */
    unroute,

    /** Gives these back, one after the other. */
    unrouteEach: (adopter: Adopter, names: readonly string[]): Promise<RouteResult[]> =>
      oneByOne(names, (name) => unroute(adopter, name)),

    /** Gives back every container. */
    unrouteAll: async (adopter: Adopter): Promise<RouteResult[]> =>
      oneByOne(
        (await store.adopted()).filter(({ routedAt }) => routedAt !== null).map(({ name }) => name),
        (name) => unroute(adopter, name),
      ),
  };
}

async function listCandidates(parts: AdoptionParts): Promise<AdoptionCandidate[]> {
  const { engine, store } = parts;
  const [listed, adopted] = await Promise.all([engine.list(AGENT_LABEL), store.adopted()]);
  const foreign = listed.filter(({ name, labels }) => labels[OURS_LABEL] === undefined && !isBackup(name));
  const containers = await Promise.all(foreign.map(({ id }) => engine.inspect(id)));
  const present = await Promise.all(
    containers
      .filter((container) => container !== null)
      .map((container) => {
        const agent = adopted.find(({ containerName }) => containerName === nameOf(container));
        return lookAt(parts, container, agent ?? null);
      }),
  );
  const missing = adopted.filter((agent) => !present.some(({ agentId }) => agentId === agent.id)).map(missingCandidate);
  return [...present, ...missing].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function previewRouting(
  parts: AdoptionParts,
  name: string,
  { routing = "gateway", way = "container" }: Pick<RouteRequest, "routing" | "way">,
): Promise<RoutingPreview> {
  const { container, agent } = await requireContainer(parts, name);
  requireWay({ container, agent, routing, way });
  if (way === "workspace") return previewWorkspace(parts, { container, agent });
  const target = await requireRoutable(parts.engine, { container, agent, includeSystem: true });
  const variables = await variablesFor(parts, { container, agent, routing, way, key: NO_KEY, name });
  const plan = planRouting(target, variables);
  return {
    containerName: nameOf(container),
    changes: variableChanges({ environment: plan.own, routed: plan.routed ?? [] }),
    notices: recreateNotices({
      isRunning: isRunning(container),
      isImageNewer: target.isImageNewer,
      generation: generationOf(container),
      way,
      gatewayUrl: variables.gatewayUrl,
      isRoutedElsewhere: valueIn(target.own, BASE_URL) !== null,
    }),
  };
}

async function variablesFor(
  { settingsOf }: AdoptionParts,
  choice: Found & { routing: AgentRouting; way: RoutingWay; key: string; name: string },
) {
  const { container, agent, routing, way, key, name } = choice;
  const labels = container.Config.Labels;
  const known = {
    name,
    ownerId: agent?.ownerId ?? null,
    type: agent?.type ?? (labels["trinity.agent-type"] || null),
    template: agent?.template ?? (labels["trinity.template"] || null),
    reportsTelemetry: agent?.reportsTelemetry ?? null,
    virtualKey: key,
  };
  const settings = await settingsOf(Object.keys(container.NetworkSettings.Networks ?? {}));
  const { variables, headers } = routingVariables(known, { routing, keyMode: "passthrough" }, settings);
  const { [BASE_URL]: _trinitys, ...others } = variables;
  const isProvided = way === "provider";
  return {
    variables: isProvided ? others : variables,
    headers,
    keepsBaseUrl: isProvided,
    gatewayUrl: claudeBaseUrl(settings.gatewayUrl),
  };
}

async function routeAgent(
  parts: AdoptionParts,
  { adopter, name, request }: { adopter: Adopter; name: string; request: RouteRequest },
): Promise<void> {
  const { engine, store } = parts;
  const { routing = "gateway", way = "container", includeSystem = false } = request;
  const found = await requireContainer(parts, name);
  requireWay({ ...found, routing, way });
  requireAllowed({ ...found, includeSystem });
  const target = way === "workspace" ? null : await requireRoutable(engine, { ...found, includeSystem });
  if (target !== null) await requireIdle(engine, found.container, name);
  const { agent, key, isNew } = await agentWithKey(parts, {
    ...found,
    adopter,
    name,
    ownerId: request.ownerId ?? null,
  });
  try {
    if (target === null) return await routeWorkspace(parts, adopter, { container: found.container, agent, key });
    const variables = await variablesFor(parts, { container: found.container, agent, routing, way, key, name });
    const plan = planRouting(target, variables);
    await recreateAgent(parts, adopter, { agent, container: found.container, plan, routing, way });
  } catch (error) {
    const isPending = (await store.pending()).some(({ agentId }) => agentId === agent.id);
    if (isNew && !isPending) await store.forget(agent.id);
    throw error;
  }
}

async function agentWithKey(
  { engine, store }: AdoptionParts,
  { container, agent, adopter, name, ownerId }: Found & { adopter: Adopter; name: string; ownerId: string | null },
): Promise<{ agent: AdoptedAgent; key: string; isNew: boolean }> {
  const present = await presentKey(engine, container, agent);
  if (agent !== null && present !== null) return { agent, key: present, isNew: false };
  const key = createVirtualKey();
  if (agent !== null) {
    await store.replaceKey(agent.id, key);
    return { agent, key: key.key, isNew: false };
  }
  const labels = container.Config.Labels;
  const [type, template] = [labels["trinity.agent-type"] || null, labels["trinity.template"] || null];
  const made = await store.insert(adopter, { name, containerName: nameOf(container), ownerId, type, template }, key);
  if (made === null) {
    throw new DomainError("conflict", `There is an agent named "${name}" already, which is not this container.`);
  }
  return { agent: made, key: key.key, isNew: true };
}

async function unrouteAgent(parts: AdoptionParts, adopter: Adopter, name: string): Promise<void> {
  const { engine, store } = parts;
  const agent = isStoredAgentName(name) ? await store.byName(name) : null;
  if (agent === null) throw new DomainError("not_found", `There is no adopted agent named "${name}".`);
  if (agent.routedAt === null) return;
  const { container } = await requireContainer(parts, name);
  if (agent.way === "workspace") return unrouteWorkspace(parts, adopter, { container, agent });
  const target = await requireRoutable(engine, { container, agent, includeSystem: true });
  await requireIdle(engine, container, name);
  const plan = planGivingBack(target);
  await recreateAgent(parts, adopter, { agent, container, plan, routing: agent.routing, way: agent.way });
}

/** Read again, since the one before us in the queue may have come to its end by itself. */
async function settleAgent(parts: AdoptionParts, name: string): Promise<void> {
  const pending = (await parts.store.pending()).find(({ agentName }) => agentName === name);
  if (pending !== undefined) await settlePending(parts, pending);
}

async function problemOf(deed: () => Promise<void>): Promise<string | null> {
  try {
    await deed();
    return null;
  } catch (error) {
    if (error instanceof DomainError) return error.message;
    throw error;
  }
}
