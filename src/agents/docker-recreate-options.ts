import type { ContainerOptions, InspectedContainer } from "#agents/docker-engine.ts";
import { plainName } from "#agents/docker-engine.ts";

type Endpoint = InspectedContainer["NetworkSettings"]["Networks"][string];
type EndpointOptions = { IPAMConfig?: Endpoint["IPAMConfig"]; Links?: string[]; Aliases?: string[] };
/** A network to join before the start, beside the one that the container is made on. */
export type FurtherNetwork = { name: string; endpoint: EndpointOptions };

const SHORT_ID = 12;
const ANONYMOUS_VOLUME = /^[0-9a-f]{64}$/;
/** Networks of Docker's own, which know no aliases. */
const BUILT_IN_NETWORKS = new Set(["bridge", "default", "host", "none"]);

/**
 * What makes the same container again with another environment. Everything else is the inspected container's own,
 * but for what Docker gave it: its id as host name, its addresses. The image stays a tag, and volumes without a name
 * are named, so that their files come along.
 */
export function recreateOptions(
  old: InspectedContainer,
  environment: readonly string[],
): { options: ContainerOptions; furtherNetworks: FurtherNetwork[] } {
  const {
    Hostname,
    MacAddress: _given,
    ...config
  } = old.Config as InspectedContainer["Config"] & { MacAddress?: string }; // in older engines' answers
  const networks = Object.entries(old.NetworkSettings.Networks ?? {});
  const [first, ...others] = networks.toSorted(([a], [b]) => rank(a, old) - rank(b, old));
  const isNamedByDocker = old.Id.startsWith(Hostname) || isHostless(old);
  return {
    options: {
      ...(config as ContainerOptions), // what Docker tells of a container's configuration is what it takes
      ...(isNamedByDocker ? {} : { Hostname }),
      Env: [...environment],
      HostConfig: { ...old.HostConfig, Binds: withAnonymousVolumes(old) },
      ...(first === undefined ? {} : { NetworkingConfig: { EndpointsConfig: endpoints(first, old.Id) } }),
    },
    furtherNetworks: others.map(([name, endpoint]) => ({ name, endpoint: endpointOptions(endpoint, old.Id) })),
  };
}

/** Why this container could not be made again as it is, or null. */
export function recreateProblem(container: InspectedContainer): string | null {
  const { AutoRemove, NetworkMode } = container.HostConfig;
  if (AutoRemove) return "It removes itself when it is stopped (--rm).";
  if (NetworkMode?.startsWith("container:")) return "It lives in the network of another container.";
  if (!container.Config.Image || container.Config.Image.startsWith("sha256:"))
    return "Its image has no tag to make it from again.";
  const { Status } = container.State;
  if (Status !== "running" && Status !== "exited" && Status !== "created")
    return `It is ${Status}: start or stop it first.`;
  return null;
}

export function isRunning(container: InspectedContainer): boolean {
  return container.State.Status === "running";
}

export function nameOf(container: InspectedContainer): string {
  return plainName(container.Name);
}

/** The network the container was made on comes first: Docker makes it on no other. */
function rank(network: string, { HostConfig }: InspectedContainer): number {
  const mode = HostConfig.NetworkMode === "default" ? "bridge" : HostConfig.NetworkMode;
  return network === mode ? 0 : 1;
}

function isHostless({ HostConfig }: InspectedContainer): boolean {
  return HostConfig.NetworkMode === "host" || HostConfig.UTSMode === "host";
}

function endpoints([name, endpoint]: [string, Endpoint], id: string): Record<string, EndpointOptions> {
  return BUILT_IN_NETWORKS.has(name) ? {} : { [name]: endpointOptions(endpoint, id) };
}

/** A fixed address is kept, a given one is not; older engines add the container's short id to its aliases. */
function endpointOptions(endpoint: Endpoint, id: string): EndpointOptions {
  const { IPAMConfig, Links, Aliases } = endpoint;
  const aliases: string[] = (Aliases ?? []).filter((alias: string) => alias !== id.slice(0, SHORT_ID));
  return {
    ...(IPAMConfig && Object.keys(IPAMConfig).length > 0 ? { IPAMConfig } : {}),
    ...(Links ? { Links } : {}),
    ...(aliases.length > 0 ? { Aliases: aliases } : {}),
  };
}

function withAnonymousVolumes({ HostConfig, Mounts }: InspectedContainer): string[] | undefined {
  const binds = HostConfig.Binds ?? [];
  const named = Mounts.filter(
    ({ Type, Name }) => Type === "volume" && Name !== undefined && ANONYMOUS_VOLUME.test(Name),
  )
    .filter(({ Destination }) => !binds.some((bind) => bind.split(":")[1] === Destination))
    .map(({ Name, Destination, RW }) => `${Name}:${Destination}:${RW ? "rw" : "ro"}`);
  return named.length === 0 ? HostConfig.Binds : [...binds, ...named];
}
