import { randomBytes } from "node:crypto";

import { tarOf } from "#agents/docker-archive.ts";
import {
  containerName,
  containerOptions,
  MANAGED_SETTINGS_PATH,
  workspaceLabels,
  workspaceVolume,
} from "#agents/docker-container-spec.ts";
import type { DockerEngine } from "#agents/docker-engine.ts";
import { ensureAgentNetwork } from "#agents/docker-network.ts";
import type { AgentSpec, CreateOptions } from "#agents/runtime.ts";
import { DomainError } from "#domain/errors.ts";

/** Where agents of ours are made. */
export type DockerPlace = {
  engine: DockerEngine;
  /** Of our agents, by tag: docker/agent.Dockerfile makes it. */
  image: string;
  /** Where agents meet the gateway; it is made when it is not there. */
  network: string;
  clock: () => Date;
};

/**
 * Makes the container of a valid spec, stopped, with its volume and its managed settings. What fails half-way is
 * taken back. Errors: as the port says of `create`.
 */
export async function createAgent(place: DockerPlace, spec: AgentSpec, { workspace }: CreateOptions): Promise<void> {
  const { engine, image, network, clock } = place;
  await requireUsableImage(engine, image);
  if ((await engine.inspect(containerName(spec.name))) !== null) {
    throw new DomainError("conflict", `There is a container named "${containerName(spec.name)}" already.`);
  }
  const kept = await engine.volume(workspaceVolume(spec.name));
  if (workspace === "fresh" && kept !== null) {
    throw new DomainError(
      "conflict",
      `Files of an earlier agent "${spec.name}" are kept. Remove them, or choose another name.`,
    );
  }
  await ensureAgentNetwork(engine, network);
  if (kept === null) await engine.createVolume(workspaceVolume(spec.name), workspaceLabels(spec.name));
  const token = randomBytes(32).toString("hex");
  const options = containerOptions(spec, { image, network, token, createdAt: clock() });
  const settings = JSON.stringify(spec.managedSettings, null, 2);
  let id: string | null = null;
  try {
    id = await engine.create(containerName(spec.name), options);
    await engine.putFiles(id, tarOf([{ path: MANAGED_SETTINGS_PATH, content: settings }]));
  } catch (error) {
    // What was made in vain goes away again; the reason it failed is what the caller is to hear.
    if (id !== null) await engine.remove(id).catch(() => undefined);
    if (kept === null) await engine.removeVolume(workspaceVolume(spec.name)).catch(() => undefined);
    throw error;
  }
}

async function requireUsableImage(engine: DockerEngine, image: string): Promise<void> {
  const inspected = await engine.image(image);
  if (inspected === null) {
    throw new DomainError(
      "unavailable",
      `The image "${image}" is not there. Build it: docker build -f docker/agent.Dockerfile -t ${image} .`,
    );
  }
  if (/^(0|root)?(:|$)/.test(inspected.Config.User ?? "")) {
    throw new DomainError(
      "unavailable",
      `The image "${image}" would run as root. Build it from docker/agent.Dockerfile.`,
    );
  }
}
