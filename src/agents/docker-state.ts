import type { AgentHealth, AgentState, AgentStatus } from "#agents/runtime.ts";

/** What of an inspected container says how an agent is. */
export type ContainerFacts = {
  Id: string;
  State: {
    Status: string;
    ExitCode: number;
    OOMKilled: boolean;
    Error: string;
    StartedAt: string;
    Health?: { Status: string } | undefined;
  };
  Config: { Labels: Readonly<Record<string, string>> };
  HostConfig: { NanoCpus?: number | undefined; Memory?: number | undefined };
};

const NANO_CPUS_PER_CORE = 1_000_000_000;

/**
 * Docker's words for an agent's state, as Trinity uses them: created, exited and dead are `stopped`, the others stay.
 * What a container without a health check is like is not known.
 */
export function containerStatus(status: string): AgentStatus {
  switch (status) {
    case "running":
    case "paused":
    case "restarting":
    case "removing":
      return status;
    default:
      return "stopped";
  }
}

/** One container as an agent. `isAnswering`: its server was seen answering in this very run. */
export function agentState(
  name: string,
  container: ContainerFacts,
  seen: { hasWorkspace: boolean; isAnswering: boolean },
): AgentState {
  const { State, Config, HostConfig } = container;
  const status = containerStatus(State.Status);
  const isRunning = status === "running";
  return {
    name,
    status,
    health: isRunning ? healthOf(State.Health?.Status, seen.isAnswering) : "unknown",
    problem: problemOf(container),
    startedAt: isRunning ? new Date(State.StartedAt) : null,
    incarnation: container.Id,
    labels: {
      type: Config.Labels["trinity.agent-type"] || null,
      template: Config.Labels["trinity.template"] || null,
    },
    limits: {
      cpus: HostConfig.NanoCpus ? HostConfig.NanoCpus / NANO_CPUS_PER_CORE : null,
      memoryBytes: HostConfig.Memory || null,
    },
    hasWorkspace: seen.hasWorkspace,
  };
}

/** An agent of which there is no container. */
export function missingAgent(name: string, hasWorkspace: boolean): AgentState {
  const nothing = { startedAt: null, incarnation: null, labels: null, limits: null, problem: null };
  return { name, status: "missing", health: "unknown", hasWorkspace, ...nothing };
}

function healthOf(checked: string | undefined, isAnswering: boolean): AgentHealth {
  if (checked === "healthy" || checked === "unhealthy") return checked;
  if (isAnswering) return "healthy";
  return checked === "starting" ? "starting" : "unknown";
}

/** Of an end that was asked for (exit codes 0, 137 and 143) nothing is said. */
function problemOf({ State }: ContainerFacts): string | null {
  const { Status, ExitCode, OOMKilled, Health } = State;
  if (OOMKilled && Status !== "running") return "It ran out of memory. Raise its memory limit.";
  if (Status === "restarting") return `It keeps ending, with exit code ${ExitCode}. Its log says more.`;
  if (Status === "running") return Health?.Status === "unhealthy" ? "It runs, but its server does not answer." : null;
  if (State.Error !== "") return "Docker could not start it. Start it again to see why.";
  return [0, 137, 143].includes(ExitCode) ? null : `It ended with exit code ${ExitCode}. Its log says more.`;
}
