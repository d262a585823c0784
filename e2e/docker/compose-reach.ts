import type Docker from "dockerode";

import { BASE_IMAGE } from "#testing/docker-engine.ts";
import type { Deployment } from "./compose-deployment.ts";
import type { DockerTest } from "./docker-test.ts";

/** Where services listen; more than that, nobody could reach. */
const LISTENING: Record<string, readonly number[]> = {
  gateway: [8585, 8586],
  postgres: [5432],
  helicone: [3000, 8585, 9080],
  "docker-proxy": [2375],
};

/** A name that nobody has is looked for outside, for seconds: the others do not wait for it. */
const MANY_LOOKUPS = "UV_THREADPOOL_SIZE=64";

/** Prints which of the addresses in its arguments take a connection. */
const TRY_ALL = `
const net = require("node:net");
const reached = (address) => new Promise((resolve) => {
  const at = address.lastIndexOf(":");
  const socket = net.connect({ host: address.slice(0, at), port: Number(address.slice(at + 1)) });
  socket.setTimeout(3000, () => resolve(false));
  socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
});
Promise.all(process.argv.slice(1).map(async (address) => [address, await reached(address)])).then((all) => {
  console.log(["reached", ...all.filter(([, isReached]) => isReached).map(([address]) => address)].join(" "));
  process.exit(0);
});`;

export type Address = { service: string; network: string; address: string };

/** Every address at which a service of the deployment listens: by number on each of its networks, and by name. */
export async function listeningAddresses(deployment: Deployment): Promise<Address[]> {
  const { portal, door } = deployment.ports;
  const listening = { ...LISTENING, portal: [portal], door: [door] };
  const containers = await deployment.containers();
  return containers.flatMap(({ Config, NetworkSettings }) => {
    const service = Config.Labels["com.docker.compose.service"] ?? "";
    const ports = listening[service as keyof typeof listening] ?? []; // a service that does not listen has none
    return Object.entries(NetworkSettings.Networks).flatMap(([network, { IPAddress }]) =>
      ports.flatMap((port) => [
        { service, network, address: `${IPAddress}:${port}` },
        { service, network, address: `${service}:${port}` },
      ]),
    );
  });
}

/** Which of these a service of the deployment reaches. */
export async function reachedFrom(
  deployment: Deployment,
  service: string,
  addresses: readonly string[],
): Promise<string[]> {
  return parse(await deployment.inside(service, "env", MANY_LOOKUPS, "node", "--eval", TRY_ALL, ...addresses));
}

/** Which of these an agent's container reaches. */
export async function reachedByAgent(
  { docker }: DockerTest,
  network: string,
  addresses: readonly string[],
): Promise<string[]> {
  const container = await docker.createContainer({
    Image: BASE_IMAGE,
    Cmd: ["node", "--eval", TRY_ALL, ...addresses],
    Env: [MANY_LOOKUPS],
    Tty: true,
    Labels: { "trinity.platform": "agent" },
    HostConfig: { NetworkMode: network },
  });
  try {
    await container.start();
    await container.wait();
    return parse((await container.logs({ stdout: true })).toString());
  } finally {
    await container.remove({ force: true });
  }
}

/** The machine's own address on this network, where published ports might be open. */
export async function machineAddress({ docker }: DockerTest, network: string): Promise<string> {
  const inspected: Docker.NetworkInspectInfo = await docker.getNetwork(network).inspect();
  return inspected.IPAM?.Config?.[0]?.Gateway ?? "";
}

function parse(output: string): string[] {
  const [, addresses] = /^reached ?(.*)$/s.exec(output.trim()) ?? [];
  if (addresses === undefined) throw new Error(`The program in the container did not work:\n${output}`);
  return addresses.split(/\s+/).filter((address) => address !== "");
}
