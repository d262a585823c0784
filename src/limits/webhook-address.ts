import { BlockList, isIP } from "node:net";

/** Where webhooks must not lead: this machine, its networks, and what stands for no single machine of the internet. */
const CLOSED: readonly (readonly [network: string, bits: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
  ["::", 96], // unspecified, loopback, and IPv4 in its oldest clothes
  ["64:ff9b::", 96], // IPv4 behind a translator: not ours to look through
  ["64:ff9b:1::", 48],
  ["100::", 64],
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16], // IPv4 in IPv6
  ["fc00::", 7],
  ["fe80::", 9], // link-local and, up to feff::, site-local
  ["ff00::", 8],
];

/** Decides on addresses. `allowed` are networks of one's own that webhooks may reach all the same. */
export type AddressRule = { isAllowed(address: string): boolean };

/**
 * The rule on where webhooks may connect to: public addresses, and those in `allowed` (`10.1.0.0/16`, `127.0.0.1`).
 * @throws RangeError for a network that is none
 */
export function createAddressRule(allowed: readonly string[]): AddressRule {
  const closed = new BlockList();
  for (const [network, bits] of CLOSED) closed.addSubnet(network, bits, familyOf(network));
  const open = new BlockList();
  for (const network of allowed) addNetwork(open, network);
  return {
    isAllowed(address) {
      const plain = unmapped(address);
      if (isIP(plain) === 0) return false;
      return open.check(plain, familyOf(plain)) || !closed.check(plain, familyOf(plain));
    },
  };
}

/** Whether a text names a network or an address, as `createAddressRule` takes it. */
export function isNetwork(text: string): boolean {
  try {
    addNetwork(new BlockList(), text);
    return true;
  } catch {
    return false;
  }
}

function addNetwork(list: BlockList, text: string): void {
  const [address = "", bits] = text.split("/");
  if (isIP(address) === 0) throw new RangeError(`"${text}" is no network`);
  if (bits !== undefined && !/^\d{1,3}$/.test(bits)) throw new RangeError(`"${text}" is no network`);
  if (bits === undefined) list.addAddress(address, familyOf(address));
  else list.addSubnet(address, Number(bits), familyOf(address));
}

/** An IPv4 address in IPv6 (`::ffff:127.0.0.1`, `::ffff:7f00:1`) is that IPv4 address; a zone (`%eth0`) is no part of it. */
function unmapped(address: string): string {
  const bare = address.split("%")[0]?.toLowerCase() ?? "";
  const dotted = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1];
  if (dotted !== undefined) return dotted;
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(bare) ?? [];
  if (high === undefined || low === undefined) return bare;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return `${a >> 8}.${a & 255}.${b >> 8}.${b & 255}`;
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}
