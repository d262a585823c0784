import { setTimeout as sleep } from "node:timers/promises";

import { followAgentLogs } from "#agents/docker-agent-logs.ts";
import { AGENT_PORT } from "#agents/docker-container-spec.ts";
import type { DockerEngine, InspectedContainer } from "#agents/docker-engine.ts";
import { askInside } from "#agents/docker-probe.ts";
import { nameOf } from "#agents/docker-recreate-options.ts";
import { agentState, missingAgent } from "#agents/docker-state.ts";
import { usageOf } from "#agents/docker-usage.ts";
import { watchContainers } from "#agents/docker-watch.ts";
import type { AgentEndpoint, AgentRuntime, AgentState } from "#agents/runtime.ts";
import type { SerialByKey } from "#agents/serial-by-key.ts";
import { DomainError } from "#domain/errors.ts";
import { secretsInLines } from "#domain/secret-mask.ts";

/** Which containers are agents, and under what names. */
export type DockerAgentSource = {
  engine: DockerEngine;
  serially: SerialByKey;
  /** Where agents meet the gateway. */
  network: string;
  /** All of them have this label ("name=value"). */
  label: string;
  /** The container of that agent; null: there is none, whatever the name. */
  find(name: string): Promise<InspectedContainer | null>;
  /** The agents' names. */
  list(): Promise<string[]>;
  /** Whether files are kept under this name. */
  hasWorkspace(name: string): Promise<boolean>;
  /** How long a started agent may take to answer before it is stopped again; null: nobody waits for it. */
  startMs: number | null;
};

const STOP_SECONDS = 30;
const PROBE_EVERY_MS = 400;

/** What can be done with agents that are there already, as the port says. */
export function createDockerAgents(source: DockerAgentSource): Omit<AgentRuntime, "kind" | "create" | "remove"> {
  const { engine, serially } = source;
  /** Runs whose server was seen answering: container and start. */
  const answering = new Set<string>();
  const watches = new Set<() => void>();

  const state = async (name: string): Promise<AgentState> => {
    const [container, hasWorkspace] = await Promise.all([source.find(name), source.hasWorkspace(name)]);
    if (container === null) return missingAgent(name, hasWorkspace);
    return agentState(name, container, { hasWorkspace, isAnswering: answering.has(runOf(container)) });
  };
  const start = async (name: string) => {
    const { Id } = await requireContainer(source, name);
    await engine.start(Id);
    if (source.startMs !== null) answering.add(runOf(await becomesReady(engine, Id, source.startMs)));
  };
  const stop = async (name: string, graceSeconds: number) =>
    engine.stop((await requireContainer(source, name)).Id, graceSeconds);

  return {
    isContained: true,
    async open() {
      const problem = await engine.problem();
      if (problem !== null) throw new DomainError("unavailable", problem);
    },
    async close() {
      for (const stopWatch of watches) stopWatch();
      watches.clear();
    },
    start: (name) => serially(name, () => start(name)),
    stop: (name) => serially(name, () => stop(name, STOP_SECONDS)),
    restart: (name) =>
      serially(name, async () => {
        await stop(name, 1);
        await start(name);
      }),
    inspect: state,
    list: async () => Promise.all((await source.list()).map((name) => state(name))),
    async usage(name) {
      const container = await requireContainer(source, name);
      return container.State.Running ? usageOf(await engine.stats(container.Id), container.HostConfig.Memory) : null;
    },
    logs: (name, request) => followAgentLogs(() => source.find(name), { engine, request }),
    watch(onChange) {
      const stopWatch = watchAgents(source, state, onChange);
      watches.add(stopWatch);
      return () => {
        watches.delete(stopWatch);
        stopWatch();
      };
    },
    endpoint: async (name) => endpointOf(await requireContainer(source, name), source.network),
  };
}

/** @throws DomainError not_found */
async function requireContainer(source: DockerAgentSource, name: string): Promise<InspectedContainer> {
  const container = await source.find(name);
  if (container === null) throw noSuchAgent(name);
  return container;
}

export function noSuchAgent(name: string): DomainError {
  return new DomainError("not_found", `There is no container of an agent named "${name}".`);
}

/** Waits until the server answers. One that ends or does not answer in time is stopped, so that it does not try for ever. */
async function becomesReady(engine: DockerEngine, id: string, startMs: number): Promise<InspectedContainer> {
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

function watchAgents(
  source: DockerAgentSource,
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
    const names = await source.list().catch(() => null);
    if (names !== null) await Promise.all([...new Set([...names, ...last.keys()])].map(look));
  };
  return watchContainers(source.engine, {
    label: source.label,
    onEvent: ({ labels }) => void look(labels["trinity.agent-name"] ?? ""),
    onPoll: () => void lookAtAll(),
  });
}

/**
 * By its address, on the network where it meets the gateway if it is on that: a name would be found by programs on that
 * network only, and the gateway may be beside it on the host.
 */
function endpointOf(container: InspectedContainer, meetingNetwork: string): AgentEndpoint {
  const networks = container.NetworkSettings.Networks ?? {};
  const places = [networks[meetingNetwork], ...Object.values(networks)];
  const address = places.find((place) => place?.IPAddress)?.IPAddress;
  if (!container.State.Running || !address) throw new DomainError("unavailable", "The agent is not running.");
  return {
    url: `http://${address}:${AGENT_PORT}`,
    token: variable(container, "TRINITY_AGENT_AUTH_TOKEN"),
    container: { name: nameOf(container), address },
    secrets: secretsInLines(container.Config.Env),
  };
}

function runOf({ Id, State }: InspectedContainer): string {
  return `${Id} ${State.StartedAt}`;
}

function variable(container: InspectedContainer, name: string): string | null {
  const entry = container.Config.Env.find((text) => text.startsWith(`${name}=`));
  return entry?.slice(name.length + 1) || null;
}
