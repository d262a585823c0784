import { randomBytes } from "node:crypto";
import { connectDocker } from "#agents/docker-engine.ts";
import { ensureAgentNetwork } from "#agents/docker-network.ts";
import { connectTo, startTestEngine } from "#testing/docker-engine.ts";
import { type Stack, startStack } from "../portal/stack.ts";
import { AGENT_IMAGE, buildAgentImage } from "./agent-image.ts";
import { type DockerTest, removeAgents } from "./docker-test.ts";
import { ensureNetworks, removeNetworks } from "./foreign-agent.ts";
import { buildFakeAgent } from "./test-images.ts";

/** Where agents of ours meet the gateway in these tests. */
const NETWORK = "trinity-llm-test-portal";

/** The whole product beside a real Docker engine. */
export type ContainerStack = Stack & { containers: DockerTest };

/**
 * Starts engine, images, networks and then the product: nothing of a network comes or goes any more when a browser is
 * started after it, except for single containers.
 */
export async function startContainerStack(environment: Record<string, string> = {}): Promise<ContainerStack> {
  const engine = await startTestEngine();
  const { dockerHost } = engine;
  const containers = { engine: connectDocker(dockerHost), docker: connectTo(dockerHost), dockerHost };
  try {
    await removeAgents(containers);
    await buildAgentImage(containers.docker);
    await buildFakeAgent(containers.docker);
    await ensureAgentNetwork(containers.engine, NETWORK);
    await ensureNetworks(containers);
    const settings = { DOCKER_HOST: dockerHost, AGENT_IMAGE, AGENT_NETWORK: NETWORK, LOG_LEVEL: "debug" };
    const stack = await startStack({ ...settings, ...environment }, { LOG_LEVEL: "debug" });
    return {
      ...stack,
      containers,
      async stop() {
        await stack.stop();
        await removeAgents(containers);
        await removeNetworks(containers);
        await containers.docker.getNetwork(NETWORK).remove();
        await engine.stop();
      },
    };
  } catch (error) {
    await engine.stop();
    throw error;
  }
}

/** A secret that nothing else contains. */
export function canary(prefix: string): string {
  return `${prefix}${randomBytes(18).toString("hex")}`;
}
