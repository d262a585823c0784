import { OURS_LABEL } from "#agents/docker-container-spec.ts";
import type { DockerEngine } from "#agents/docker-engine.ts";

/** Makes the agents' network where it is not there yet. */
export async function ensureAgentNetwork(engine: DockerEngine, name: string): Promise<void> {
  if ((await engine.network(name)) !== null) return;
  await engine.createNetwork(name, { "trinity.platform": "infrastructure", [OURS_LABEL]: "docker" });
}

/** The address of this machine on the first of these networks that has one; null where none does. */
export async function hostAddress(engine: DockerEngine, networks: readonly string[]): Promise<string | null> {
  for (const name of networks) {
    const network = await engine.network(name);
    const address = network?.IPAM?.Config?.find((config) => config.Gateway)?.Gateway;
    if (address) return address;
  }
  return null;
}
