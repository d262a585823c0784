import { createAdoptedRuntime } from "#agents/adopted-runtime.ts";
import { type AdoptionCandidate, createAdoption } from "#agents/adoption.ts";
import type { AdoptionStore } from "#agents/adoption-store.ts";
import { watchAdoption } from "#agents/adoption-watch.ts";
import type { OwnTelemetry, RoutingSettings } from "#agents/agent-environment.ts";
import { connectDocker } from "#agents/docker-engine.ts";
import { ensureAgentNetwork } from "#agents/docker-network.ts";
import { createDockerRuntime } from "#agents/docker-runtime.ts";
import { gatewayUrlInside } from "#agents/gateway-address.ts";
import type { GatewayAddressStore } from "#agents/gateway-address-store.ts";
import type { AgentRuntime } from "#agents/runtime.ts";
import type { TemplateBudget } from "#agents/template-budget.ts";
import { readTemplateBudget } from "#agents/template-file.ts";
import type { Log } from "#log.ts";

export type ContainerParts = {
  /** `host` absent: the usual socket. */
  docker: { host: string | undefined; image: string; network: string };
  gatewayUrl: string;
  /** What else agents are told; null each: there is none. Helicone may be set up while the portal runs. */
  helicone: () => RoutingSettings["helicone"];
  otlp: RoutingSettings["otlp"];
  ownTelemetry: OwnTelemetry;
  adoptions: AdoptionStore;
  addresses: GatewayAddressStore;
  log: Log;
  clock: () => Date;
};

/** A new container may take this long to answer; an old one, to end. */
const RECREATE_TIMES = { healthMs: 60_000, stopSeconds: 30 };

/** What runs in Docker: agents of ours, and those of others. Where there is no engine, each of its calls says so. */
export function createContainers(parts: ContainerParts) {
  const { docker, gatewayUrl, helicone, otlp, ownTelemetry, adoptions: store, addresses, log, clock } = parts;
  const engine = connectDocker(docker.host ?? null);
  const settingsAt = (url: string): RoutingSettings => ({ gatewayUrl: url, helicone: helicone(), otlp, ownTelemetry });
  const settingsOf = async (networks: readonly string[]) =>
    settingsAt(await gatewayUrlInside(networks, { engine, store: addresses, gatewayUrl }));
  const adoption = createAdoption({ engine, store, clock, log, times: RECREATE_TIMES, settingsOf });
  const stops = new Set<() => void>();
  /** Calls when a container of others, or its routing, has changed. Returns how to stop. */
  const watch = (onChange: (candidate: AdoptionCandidate) => void) => {
    const stop = watchAdoption({ engine, adoption, log, onChange });
    stops.add(stop);
    return stop;
  };
  return {
    runtimes: [
      createDockerRuntime({ engine, image: docker.image, network: docker.network, clock }),
      createAdoptedRuntime({ engine, network: docker.network, store, adoption }),
    ],
    adoption,
    watchAdoption: watch,

    /** The limits that an adopted agent's template proposes; null: none, or none that can be read. */
    async templateBudget(agentName: string): Promise<TemplateBudget | null> {
      const agent = await store.byName(agentName);
      return agent === null ? null : readTemplateBudget(engine, agent.containerName);
    },

    /** How agents that are run in this way find the gateway. */
    async settingsFor(kind: AgentRuntime["kind"]): Promise<RoutingSettings> {
      if (kind !== "docker") return settingsAt(gatewayUrl);
      await ensureAgentNetwork(engine, docker.network);
      return settingsOf([docker.network]);
    },

    /** Settles what an earlier portal left half-way, and keeps watch. An engine that is away is waited for. */
    async open(): Promise<void> {
      if ((await engine.problem()) === null) await adoption.settle();
      watch(() => undefined); // it settles and warns by itself
    },

    close(): void {
      for (const stop of stops) stop();
      stops.clear();
    },
  };
}
