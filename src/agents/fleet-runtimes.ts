import type { RoutingSettings } from "#agents/agent-environment.ts";
import type { AgentStore } from "#agents/agent-store.ts";
import type { AgentRecord, Agents } from "#agents/agents.ts";
import type { AgentRuntime } from "#agents/runtime.ts";
import { agentNameProblem } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";
import type { Log } from "#log.ts";

export type RuntimeKind = AgentRuntime["kind"];

export type FleetParts = {
  agents: Agents;
  store: AgentStore;
  runtimes: readonly AgentRuntime[];
  /** Where agents of a runtime find the gateway. Asked whenever an agent is made. */
  settingsOf(kind: RuntimeKind): Promise<RoutingSettings>;
  log: Log;
};

/** What runs the agent; null where others do, or where this portal has no such runtime. */
export function runtimeIn(runtimes: readonly AgentRuntime[], agent: AgentRecord): AgentRuntime | null {
  return runtimes.find(({ kind }) => kind === agent.runtime) ?? null;
}

/** @throws DomainError conflict for an agent that others run; unavailable where this portal has no such runtime */
export function ours(agent: AgentRecord, runtime: AgentRuntime | null): AgentRuntime {
  if (runtime !== null) return runtime;
  if (agent.runtime === "external" || agentNameProblem(agent.name) !== null) throw runElsewhere(agent.name);
  throw new DomainError("unavailable", `${agent.name} runs in a place that this portal has no access to at present.`);
}

/** Said where somebody else would have to do it. */
export function runElsewhere(name: string): DomainError {
  return new DomainError("conflict", `${name} is run by somebody else: this has to be done where it runs.`);
}

/** What is gone already need not be removed. */
export async function unlessMissing(removal: Promise<void>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (!(error instanceof DomainError && error.code === "not_found")) throw error;
  }
}
