import type { Found } from "#agents/adoption-look.ts";
import type { RoutingPreview } from "#agents/adoption-preview.ts";
import type { AdoptedAgent, Adopter, AdoptionStore } from "#agents/adoption-store.ts";
import { BASE_URL, claudeBaseUrl, type RoutingSettings } from "#agents/agent-environment.ts";
import { tarOf } from "#agents/docker-archive.ts";
import type { ContainerFile, DockerEngine, InspectedContainer } from "#agents/docker-engine.ts";
import { nameOf } from "#agents/docker-recreate-options.ts";
import { WORKSPACE_ENV, withBaseUrl, withoutBaseUrl } from "#agents/workspace-env.ts";

type WorkspaceParts = {
  engine: DockerEngine;
  store: AdoptionStore;
  clock: () => Date;
  settingsOf(networks: readonly string[]): Promise<RoutingSettings>;
};

/** As Trinity's agents own what is theirs; only they may read it. */
const NEW_FILE: ContainerFile = { text: "", mode: 0o600, uid: 1000, gid: 1000 };
const MODE_BITS = 0o7777;

/** What leading an agent by its workspace's .env file would change. Nothing is stopped or made again. */
export async function previewWorkspace(
  { engine }: Pick<WorkspaceParts, "engine">,
  { container, agent }: Found,
): Promise<RoutingPreview> {
  const file = await readEnv(engine, container);
  const before = withoutBaseUrl(file.text, agent?.routedAt ? agent.routed : []);
  const isReplaced = withBaseUrl(before, "").routed.some(({ previous }) => previous !== null);
  return {
    containerName: nameOf(container),
    changes: [
      {
        name: `${BASE_URL} in ${WORKSPACE_ENV}`,
        change: isReplaced ? "replaced" : "added",
        value: null,
        note: "the gateway's address, with the agent's key in it",
      },
    ],
    notices: [
      "The container is neither stopped nor made again: the line counts from the next start of Claude Code on.",
      "The agent can change this file itself, and terminals do not read it. A line that is lost is flagged.",
    ],
  };
}

/** Puts our line into the file. It is noted first, so that a crash in between shows as a lost line. */
export async function routeWorkspace(
  parts: WorkspaceParts,
  adopter: Adopter,
  target: { container: InspectedContainer; agent: AdoptedAgent; key: string },
): Promise<void> {
  const { engine, store, clock, settingsOf } = parts;
  const { container, agent, key } = target;
  const { gatewayUrl } = await settingsOf(Object.keys(container.NetworkSettings.Networks ?? {}));
  const file = await readEnv(engine, container);
  const before = withoutBaseUrl(file.text, agent.routedAt ? agent.routed : []);
  const { text, routed } = withBaseUrl(before, `${claudeBaseUrl(gatewayUrl)}/a/${key}`);
  const fields = { agentId: agent.id, agentName: agent.name, routing: "gateway", way: "workspace" } as const;
  await store.note(adopter, { ...fields, routed }, clock());
  await writeEnv(engine, container, { ...file, text });
}

/** Takes our line out again; what was in its place is put back. */
export async function unrouteWorkspace(
  { engine, store, clock }: WorkspaceParts,
  adopter: Adopter,
  { container, agent }: { container: InspectedContainer; agent: AdoptedAgent },
): Promise<void> {
  const file = await engine.readFile(container.Id, WORKSPACE_ENV);
  if (file !== null) await writeEnv(engine, container, { ...file, text: withoutBaseUrl(file.text, agent.routed) });
  const { id: agentId, name: agentName, routing, way } = agent;
  await store.note(adopter, { agentId, agentName, routing, way, routed: null }, clock());
}

async function readEnv(engine: DockerEngine, container: InspectedContainer): Promise<ContainerFile> {
  return (await engine.readFile(container.Id, WORKSPACE_ENV)) ?? NEW_FILE;
}

async function writeEnv(
  engine: DockerEngine,
  container: InspectedContainer,
  { text, mode, uid, gid }: ContainerFile,
): Promise<void> {
  const entry = { path: WORKSPACE_ENV.slice(1), content: text, mode: mode & MODE_BITS, uid, gid };
  await engine.putFiles(container.Id, tarOf([entry]));
}
