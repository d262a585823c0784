import { setTimeout as sleep } from "node:timers/promises";

import type Docker from "dockerode";

import { connectDocker, type DockerEngine } from "#agents/docker-engine.ts";
import { connectTo, ENGINE_VARIABLE, NO_ENGINE_VARIABLE } from "#testing/docker-engine.ts";

export type DockerTest = { engine: DockerEngine; docker: Docker; dockerHost: string };

/** The engine of this run: as the product sees it, and for arranging. */
export function connectTestEngine(): DockerTest {
  const dockerHost = process.env[ENGINE_VARIABLE];
  if (!dockerHost) throw new Error(`No Docker engine to test with: ${process.env[NO_ENGINE_VARIABLE]}`);
  return { engine: connectDocker(dockerHost), docker: connectTo(dockerHost), dockerHost };
}

/** A variable as a program inside the container sees it; null when it is not set. */
export async function variableInside({ engine }: DockerTest, container: string, name: string): Promise<string | null> {
  const { exitCode, output } = await engine.exec(container, ["printenv", name], 10_000);
  return exitCode === 0 ? output.replace(/\r\n/g, "\n").replace(/\n$/, "") : null;
}

/** The names of all containers that are labelled as an agent's, ours, theirs, and such as were put aside. */
export async function agentContainers({ docker }: DockerTest): Promise<string[]> {
  const containers = await docker.listContainers({ all: true, filters: { label: ["trinity.platform=agent"] } });
  return containers.map(({ Names }) => Names[0]?.slice(1) ?? "").toSorted();
}

/** Removes every container and volume of agents, and what tests made beside them. */
export async function removeAgents({ docker }: DockerTest): Promise<void> {
  const containers = await docker.listContainers({ all: true, filters: { label: ["trinity.platform=agent"] } });
  for (const { Id } of containers) await docker.getContainer(Id).remove({ force: true, v: true });
  const { Volumes } = await docker.listVolumes({ filters: { label: ["trinity.platform=agent-workspace"] } });
  for (const { Name } of Volumes) await docker.getVolume(Name).remove();
}

/** Waits for it, twenty seconds at most. */
export async function until(isTrue: () => boolean): Promise<void> {
  if (!(await within(20_000, isTrue))) throw new Error("It did not come to pass.");
}

/** Whether it comes to pass in that time. */
export async function within(ms: number, isTrue: () => boolean): Promise<boolean> {
  const deadlineAt = Date.now() + ms;
  while (!isTrue()) {
    if (Date.now() > deadlineAt) return false;
    await sleep(20);
  }
  return true;
}
