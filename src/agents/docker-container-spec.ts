import { agentServerEnvironment } from "#agents/agent-server-environment.ts";
import type { ContainerOptions } from "#agents/docker-engine.ts";
import { HEALTH_CHECK } from "#agents/docker-probe.ts";
import type { AgentSpec } from "#agents/runtime.ts";

/** Trinity's label of every agent's container, ours and theirs. */
export const AGENT_LABEL = "trinity.platform=agent";
/** Told from Trinity's own by this one. */
export const OURS_LABEL = "trinity-llm.runtime";
export const AGENT_PORT = 8000;

const HOME = "/home/developer";
export const MANAGED_SETTINGS_PATH = "etc/claude-code/managed-settings.json";
const NANO_CPUS_PER_CORE = 1_000_000_000;
/** A fork bomb ends here; a big build does not. */
const PIDS_MAX = 1_024;
const STOP_SECONDS = 30;

/** The name of an agent's container: Trinity's. */
export function containerName(agentName: string): string {
  return `agent-${agentName}`;
}

/** The volume that outlives the container: Trinity's name for it. */
export function workspaceVolume(agentName: string): string {
  return `agent-${agentName}-workspace`;
}

export function workspaceLabels(agentName: string): Record<string, string> {
  return { "trinity.platform": "agent-workspace", "trinity.agent-name": agentName, [OURS_LABEL]: "docker" };
}

/**
 * The container of an agent of ours: no privileges, no published port, bounded, on the agents' network. The managed
 * settings are put in afterwards, as root's file. `createdAt` is for the label.
 */
export function containerOptions(
  spec: AgentSpec,
  place: { image: string; network: string; token: string; createdAt: Date },
): ContainerOptions {
  const environment = agentServerEnvironment(spec, {
    host: "0.0.0.0",
    port: AGENT_PORT,
    token: place.token,
    home: HOME,
    workspace: `${HOME}/workspace`,
    settingsFile: null,
    claudeCodePath: null,
    runId: null,
  });
  return {
    Image: place.image,
    Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    Labels: labelsOf(spec, place.createdAt),
    Healthcheck: HEALTH_CHECK,
    StopTimeout: STOP_SECONDS,
    HostConfig: {
      NetworkMode: place.network,
      Binds: [`${workspaceVolume(spec.name)}:${HOME}:rw`],
      Tmpfs: { "/tmp": "noexec,nosuid,size=512m" },
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges:true"],
      PidsLimit: PIDS_MAX,
      RestartPolicy: { Name: "unless-stopped" },
      LogConfig: { Type: "json-file", Config: { "max-size": "10m", "max-file": "3" } },
      ...limitsOf(spec),
    },
  };
}

/** Memory without swap: an agent that has none left ends instead of slowing the machine down. */
function limitsOf({ limits: { cpus, memoryBytes } }: AgentSpec) {
  return {
    ...(cpus === null ? {} : { NanoCpus: Math.round(cpus * NANO_CPUS_PER_CORE) }),
    ...(memoryBytes === null ? {} : { Memory: memoryBytes, MemorySwap: memoryBytes }),
  };
}

function labelsOf({ name, labels, limits }: AgentSpec, createdAt: Date): Record<string, string> {
  return {
    "trinity.platform": "agent",
    "trinity.agent-name": name,
    "trinity.agent-type": labels.type ?? "",
    "trinity.template": labels.template ?? "",
    "trinity.agent-runtime": "claude-code",
    "trinity.cpu": limits.cpus === null ? "" : String(limits.cpus),
    "trinity.memory": limits.memoryBytes === null ? "" : String(limits.memoryBytes),
    "trinity.created": createdAt.toISOString(),
    [OURS_LABEL]: "docker",
  };
}
