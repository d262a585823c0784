import type Docker from "dockerode";

import type { DockerTest } from "./docker-test.ts";
import { FAKE_AGENT_IMAGE } from "./test-images.ts";

/** In the environment of every foreign agent: what must appear in no answer, error or log. */
export const CANARY = "sk-ant-canary-4711";
export const TRINITY_NETWORK = "trinity-llm-test-trinity-agents";
const SECOND_NETWORK = "trinity-llm-test-second";

export type ForeignAgent = {
  name: string;
  isRunning?: boolean;
  /** On top of what Trinity sets. */
  env?: string[];
  labels?: Record<string, string>;
  options?: Docker.ContainerCreateOptions;
};

/** A container as Trinity makes it: its labels, mounts, limits, networks, and a published port. */
export async function createForeignAgent({ docker }: DockerTest, agent: ForeignAgent): Promise<Docker.Container> {
  const { name, env = [], labels = {}, options = {}, isRunning = true } = agent;
  await ensureNetworks({ docker });
  await docker.createVolume({ Name: `agent-${name}-workspace`, Labels: { "trinity.platform": "agent-workspace" } });
  const container = await docker.createContainer({
    name: `agent-${name}`,
    Image: FAKE_AGENT_IMAGE,
    Env: [`AGENT_NAME=${name}`, `ANTHROPIC_API_KEY=${CANARY}`, "AGENT_SERVER_PORT=8000", ...env],
    Labels: {
      "trinity.platform": "agent",
      "trinity.agent-name": name,
      "trinity.agent-type": "business-assistant",
      "trinity.cpu": "2",
      "trinity.memory": "1g",
      "trinity.created": "2025-12-27T10:11:12.345678",
      ...labels,
    },
    HostConfig: {
      NetworkMode: TRINITY_NETWORK,
      Binds: [`agent-${name}-workspace:/home/developer:rw`],
      PortBindings: { "22/tcp": [{ HostPort: "0" }] },
      CapDrop: ["ALL"],
      CapAdd: ["NET_BIND_SERVICE"],
      SecurityOpt: ["no-new-privileges:true"],
      Tmpfs: { "/tmp": "noexec,nosuid,size=100m" },
      Memory: 1024 ** 3,
      NanoCpus: 2_000_000_000,
      RestartPolicy: { Name: "unless-stopped" },
      LogConfig: { Type: "json-file", Config: { "max-size": "10m", "max-file": "3" } },
    },
    NetworkingConfig: { EndpointsConfig: { [TRINITY_NETWORK]: { Aliases: [`${name}.agents`] } } },
    ...options,
  });
  await docker.getNetwork(SECOND_NETWORK).connect({ Container: container.id, EndpointConfig: { Aliases: ["second"] } });
  if (isRunning) await container.start();
  return container;
}

/** Makes the networks of foreign agents where they are not there yet. */
export async function ensureNetworks({ docker }: Pick<DockerTest, "docker">): Promise<void> {
  for (const network of [TRINITY_NETWORK, SECOND_NETWORK]) await ensureNetwork(docker, network);
}

export async function removeNetworks({ docker }: DockerTest): Promise<void> {
  for (const network of [TRINITY_NETWORK, SECOND_NETWORK]) {
    await docker
      .getNetwork(network)
      .remove()
      .catch(() => undefined); // a test that failed early made none
  }
}

/** All that `docker inspect` says, without what another container of the same making has differently: ids, times, addresses. */
export function comparable(inspected: Docker.ContainerInspectInfo): unknown {
  const id = inspected.Id;
  const text = JSON.stringify(inspected).replaceAll(id, "<id>").replaceAll(id.slice(0, 12), "<short id>");
  return JSON.parse(text, (key, value: unknown) => (VOLATILE.has(key) ? "…" : sorted(key, value)));
}

const VOLATILE = new Set([
  ...["Created", "StartedAt", "FinishedAt", "Pid", "ExitCode", "SandboxID", "SandboxKey", "EndpointID", "MacAddress"],
  ...["IPAddress", "GlobalIPv6Address", "HostPort", "GraphDriver"],
]);

/** Docker keeps these in no order of its own. */
function sorted(key: string, value: unknown): unknown {
  return (key === "Mounts" || key === "Aliases") && Array.isArray(value)
    ? value.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
    : value;
}

async function ensureNetwork(docker: Docker, name: string): Promise<void> {
  const found = await docker.listNetworks({ filters: { name: [name] } });
  if (!found.some(({ Name }) => Name === name)) await docker.createNetwork({ Name: name });
}
