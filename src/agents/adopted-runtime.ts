import type { Adoption } from "#agents/adoption.ts";
import type { AdoptionStore } from "#agents/adoption-store.ts";
import { createDockerAgents } from "#agents/docker-agents.ts";
import { AGENT_LABEL, OURS_LABEL } from "#agents/docker-container-spec.ts";
import type { DockerEngine } from "#agents/docker-engine.ts";
import type { AgentRuntime } from "#agents/runtime.ts";
import { createSerialByKey } from "#agents/serial-by-key.ts";
import { isStoredAgentName } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";

/** In the audit log, where a removal gives a container back. */
const PORTAL = { userId: null, name: "the portal" };

/**
 * Adopted agents, run: they are started, stopped, watched and talked to like ours. They are made by whoever made them;
 * to remove one is to give its container back as it was.
 */
export function createAdoptedRuntime(parts: {
  engine: DockerEngine;
  /** Where agents meet the gateway. */
  network: string;
  store: AdoptionStore;
  adoption: Adoption;
}): AgentRuntime {
  const { engine, network, store, adoption } = parts;
  const find = async (name: string) => {
    const agent = isStoredAgentName(name) ? await store.byName(name) : null;
    const container = agent === null ? null : await engine.inspect(agent.containerName);
    return container?.Config.Labels[OURS_LABEL] === undefined ? container : null;
  };
  const agents = createDockerAgents({
    engine,
    network,
    serially: createSerialByKey(),
    label: AGENT_LABEL,
    find,
    list: async () => (await store.adopted()).map(({ name }) => name).toSorted(),
    hasWorkspace: async (name) => (await find(name)) !== null,
    startMs: null,
  });
  return {
    ...agents,
    kind: "adopted",
    create: () => Promise.reject(new DomainError("conflict", "Adopted agents are made by others.")),
    remove: (name) => adoption.unroute(PORTAL, name),
  };
}
