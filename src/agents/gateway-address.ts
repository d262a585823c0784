import type { DockerEngine } from "#agents/docker-engine.ts";
import { hostAddress } from "#agents/docker-network.ts";
import type { GatewayAddressStore } from "#agents/gateway-address-store.ts";
import { DomainError } from "#domain/errors.ts";

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * Where containers on these networks find the gateway. A gateway that only this machine can reach is asked, through
 * the database, to listen on the machine's address on their network as well; any other is called as it is.
 * @throws DomainError unavailable when they share no network with this machine
 */
export async function gatewayUrlInside(
  networks: readonly string[],
  parts: { engine: DockerEngine; store: GatewayAddressStore; gatewayUrl: string },
): Promise<string> {
  const { engine, store, gatewayUrl } = parts;
  const url = new URL(gatewayUrl);
  if (!LOOPBACK.test(url.hostname)) return gatewayUrl;
  const address = await hostAddress(engine, networks);
  if (address === null) {
    throw new DomainError(
      "unavailable",
      "This container shares no network with the gateway. Set GATEWAY_URL to an address it can reach.",
    );
  }
  await store.add(address);
  url.hostname = address;
  return url.href.replace(/\/$/, "");
}
