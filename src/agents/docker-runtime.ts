import { requireValidSpec } from "#agents/agent-spec.ts";
import { createDockerAgents, noSuchAgent } from "#agents/docker-agents.ts";
import { AGENT_LABEL, containerName, OURS_LABEL, workspaceVolume } from "#agents/docker-container-spec.ts";
import { createAgent, type DockerPlace } from "#agents/docker-creation.ts";
import type { DockerEngine, InspectedContainer } from "#agents/docker-engine.ts";
import type { AgentRuntime } from "#agents/runtime.ts";
import { createSerialByKey } from "#agents/serial-by-key.ts";
import { agentNameProblem } from "#domain/agent.ts";

export type DockerRuntimeOptions = DockerPlace & {
  /** How long a started agent may take to answer. Default 60 s. */
  startMs?: number;
};

const START_MS = 60_000;

/** Agents of ours as containers. The engine keeps them running, over restarts of ours and its own. */
export function createDockerRuntime(options: DockerRuntimeOptions): AgentRuntime {
  const { engine, startMs = START_MS } = options;
  const serially = createSerialByKey();
  const agents = createDockerAgents({
    engine,
    serially,
    network: options.network,
    label: `${OURS_LABEL}=docker`,
    find: (name) => findOurs(engine, name),
    list: () => listOurs(engine),
    hasWorkspace: (name) => hasWorkspace(engine, name),
    startMs,
  });
  return {
    ...agents,
    kind: "docker",
    create: async (spec, creation) => {
      requireValidSpec(spec);
      await serially(spec.name, () => createAgent(options, spec, creation));
    },
    remove: (name, { keepWorkspace }) => serially(name, () => removeAgent(engine, name, keepWorkspace)),
  };
}

async function removeAgent(engine: DockerEngine, name: string, keepWorkspace: boolean): Promise<void> {
  const [container, isKept] = await Promise.all([findOurs(engine, name), hasWorkspace(engine, name)]);
  if (container === null && (!isKept || keepWorkspace)) throw noSuchAgent(name);
  if (container !== null) await engine.remove(container.Id);
  if (isKept && !keepWorkspace) await engine.removeVolume(workspaceVolume(name));
}

async function listOurs(engine: DockerEngine): Promise<string[]> {
  const containers = await engine.list(AGENT_LABEL);
  return containers
    .filter(({ labels }) => labels[OURS_LABEL] === "docker")
    .map(({ labels }) => labels["trinity.agent-name"] ?? "")
    .toSorted();
}

async function findOurs(engine: DockerEngine, name: string): Promise<InspectedContainer | null> {
  if (agentNameProblem(name) !== null) return null;
  const container = await engine.inspect(containerName(name));
  return container?.Config.Labels[OURS_LABEL] === "docker" ? container : null;
}

async function hasWorkspace(engine: DockerEngine, name: string): Promise<boolean> {
  if (agentNameProblem(name) !== null) return false;
  const volume = await engine.volume(workspaceVolume(name));
  return volume?.Labels?.[OURS_LABEL] === "docker";
}
