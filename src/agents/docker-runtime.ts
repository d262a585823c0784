import { setTimeout as sleep } from "node:timers/promises";

import { requireValidSpec } from "#agents/agent-spec.ts";
import { followAgentLogs } from "#agents/docker-agent-logs.ts";
import { AGENT_LABEL, AGENT_PORT, containerName, OURS_LABEL, workspaceVolume } from "#agents/docker-container-spec.ts";
import { createAgent, type DockerPlace } from "#agents/docker-creation.ts";
import type { DockerEngine, InspectedContainer } from "#agents/docker-engine.ts";
import { askInside } from "#agents/docker-probe.ts";
import { agentState, missingAgent } from "#agents/docker-state.ts";
import { usageOf } from "#agents/docker-usage.ts";
import { watchContainers } from "#agents/docker-watch.ts";
import type { AgentEndpoint, AgentRuntime, AgentState } from "#agents/runtime.ts";
import { createSerialByKey } from "#agents/serial-by-key.ts";
import { agentNameProblem } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";

export type DockerRuntimeOptions = DockerPlace & {
  /** How long a started agent may take to answer. Default 60 s. */
  startMs?: number;
};

const STOP_SECONDS = 30;
const START_MS = 60_000;
const PROBE_EVERY_MS = 400;

/** Agents of ours as containers. The engine keeps them running, over restarts of ours and its own. */
export function createDockerRuntime(options: DockerRuntimeOptions): AgentRuntime {
  const { engine } = options;
  const serially = createSerialByKey();
  /** Runs whose server was seen answering: container and start. */
  const answering = new Set<string>();
  const watches = new Set<() => void>();

  const state = async (name: string): Promise<AgentState> => {
    if (agentNameProblem(name) !== null) return missingAgent(name, false);
    const [container, volume] = await Promise.all([findOurs(engine, name), findWorkspace(engine, name)]);
    const hasWorkspace = volume !== null;
    if (container === null) return missingAgent(name, hasWorkspace);
    return agentState(name, container, { hasWorkspace, isAnswering: answering.has(runOf(container)) });
  };
  const start = async (name: string) => {
    const container = await requireOurs(engine, name);
    await engine.start(container.Id);
    answering.add(runOf(await becomesReady(options, container.Id)));
  };
  const stop = async (name: string, graceSeconds: number) =>
    engine.stop((await requireOurs(engine, name)).Id, graceSeconds);

  return {
    kind: "docker",
    isContained: true,
    async open() {
      const problem = await engine.problem();
      if (problem !== null) throw new DomainError("unavailable", problem);
    },
    async close() {
      for (const stopWatch of watches) stopWatch();
      watches.clear();
    },
    create: async (spec, creation) => {
      requireValidSpec(spec);
      await serially(spec.name, () => createAgent(options, spec, creation));
    },
    start: (name) => serially(name, () => start(name)),
    stop: (name) => serially(name, () => stop(name, STOP_SECONDS)),
    restart: (name) =>
      serially(name, async () => {
        await stop(name, 1);
        await start(name);
      }),
    remove: (name, { keepWorkspace }) => serially(name, () => removeAgent(engine, name, keepWorkspace)),
    inspect: state,
    list: async () => Promise.all((await listOurs(engine)).map((name) => state(name))),
    async usage(name) {
      const container = await requireOurs(engine, name);
      return container.State.Running ? usageOf(await engine.stats(container.Id), container.HostConfig.Memory) : null;
    },
    logs: (name, request) =>
      followAgentLogs(async () => (await findOurs(engine, name))?.Id ?? null, { engine, request }),
    watch(onChange) {
      const stopWatch = watchAgents(engine, state, onChange);
      watches.add(stopWatch);
      return () => {
        watches.delete(stopWatch);
        stopWatch();
      };
    },
    endpoint: async (name) => endpointOf(await requireOurs(engine, name), options.network),
  };
}

/** Waits until the server answers. One that ends or does not answer in time is stopped, so that it does not try for ever. */
async function becomesReady(options: DockerRuntimeOptions, id: string): Promise<InspectedContainer> {
  const { engine, startMs = START_MS } = options;
  const deadlineAt = performance.now() + startMs;
  while (performance.now() < deadlineAt) {
    const container = await engine.inspect(id);
    if (container === null) throw new DomainError("unavailable", "The agent's container was removed while it started.");
    if (!container.State.Running || container.State.Restarting) {
      await engine.stop(id, 1);
      const reason = container.State.OOMKilled ? "out of memory" : `exit code ${container.State.ExitCode}`;
      throw new DomainError("unavailable", `The agent ended while it started: ${reason}. Its log says more.`);
    }
    const answer = await askInside(engine, id, "/health").catch(() => null);
    if (answer !== null) return container;
    await sleep(PROBE_EVERY_MS);
  }
  await engine.stop(id, 1);
  throw new DomainError("unavailable", `The agent's server did not answer within ${startMs / 1000} s; it was stopped.`);
}

async function removeAgent(engine: DockerEngine, name: string, keepWorkspace: boolean): Promise<void> {
  const [container, volume] = await Promise.all([findOurs(engine, name), findWorkspace(engine, name)]);
  if (container === null && (volume === null || keepWorkspace)) throw noSuchAgent(name);
  if (container !== null) await engine.remove(container.Id);
  if (volume !== null && !keepWorkspace) await engine.removeVolume(workspaceVolume(name));
}

function watchAgents(
  engine: DockerEngine,
  state: (name: string) => Promise<AgentState>,
  onChange: (state: AgentState) => void,
): () => void {
  const last = new Map<string, string>();
  const look = async (name: string) => {
    const now = await state(name).catch(() => null); // the engine is away: the next poll sees it
    const text = JSON.stringify(now);
    if (now === null || last.get(name) === text) return;
    if (now.status === "missing") last.delete(name);
    else last.set(name, text);
    onChange(now);
  };
  const lookAtAll = async () => {
    const names = await listOurs(engine).catch(() => null);
    if (names !== null) await Promise.all([...new Set([...names, ...last.keys()])].map(look));
  };
  return watchContainers(engine, {
    label: `${OURS_LABEL}=docker`,
    onEvent: ({ labels }) => void look(labels["trinity.agent-name"] ?? ""),
    onPoll: () => void lookAtAll(),
  });
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

async function requireOurs(engine: DockerEngine, name: string): Promise<InspectedContainer> {
  const container = await findOurs(engine, name);
  if (container === null) throw noSuchAgent(name);
  return container;
}

async function findWorkspace(engine: DockerEngine, name: string) {
  const volume = await engine.volume(workspaceVolume(name));
  return volume?.Labels?.[OURS_LABEL] === "docker" ? volume : null;
}

function noSuchAgent(name: string): DomainError {
  return new DomainError("not_found", `There is no container of an agent named "${name}".`);
}

function endpointOf(container: InspectedContainer, network: string): AgentEndpoint {
  const address = container.NetworkSettings.Networks[network]?.IPAddress;
  if (!container.State.Running || !address) throw new DomainError("unavailable", "The agent is not running.");
  return { url: `http://${address}:${AGENT_PORT}`, token: variable(container, "TRINITY_AGENT_AUTH_TOKEN") };
}

function runOf({ Id, State }: InspectedContainer): string {
  return `${Id} ${State.StartedAt}`;
}

function variable(container: InspectedContainer, name: string): string | null {
  const entry = container.Config.Env.find((text) => text.startsWith(`${name}=`));
  return entry?.slice(name.length + 1) || null;
}
