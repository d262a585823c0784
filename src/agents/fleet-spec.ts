import {
  agentEnvironment,
  managedSettings,
  type RoutingSettings,
  routingVariables,
} from "#agents/agent-environment.ts";
import type { AgentRecord } from "#agents/agents.ts";
import { credentialVariables, type OwnCredential } from "#agents/own-credential.ts";
import type { AgentRuntime, AgentSpec } from "#agents/runtime.ts";

/** Containers are fenced in by their limits; processes run beside everything else. */
const DOCKER_LIMITS = { cpus: 2, memoryBytes: 4 * 1024 ** 3 };
const NO_LIMITS = { cpus: null, memoryBytes: null };

/** The secrets of an agent that is being made; afterwards they are in its environment only. */
export type AgentSecrets = { key: string; credential: OwnCredential | null };

/** What a runtime needs to make an agent of ours, by its record, whose routing says where its calls go. */
export function fleetSpec(
  runtime: AgentRuntime,
  agent: AgentRecord,
  { key, credential, settings }: AgentSecrets & { settings: RoutingSettings },
): AgentSpec {
  const { name, ownerId, type, template, reportsTelemetry, routing, keyMode } = agent;
  const known = { name, ownerId, type, template, reportsTelemetry, virtualKey: key };
  const variables = routingVariables(known, { routing, keyMode }, settings);
  const environment = { ...agentEnvironment(variables), ...credentialVariables(credential) };
  return {
    name,
    environment,
    managedSettings: managedSettings(environment),
    labels: { type, template },
    limits: runtime.isContained ? DOCKER_LIMITS : NO_LIMITS,
    permissions: runtime.isContained ? "full" : "workspace",
  };
}
