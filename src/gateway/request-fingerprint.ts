import { crc32 } from "node:zlib";

const LENGTHS = 2 ** 21;

/**
 * A number that is the same for the same request and, as a rule, another for another: checksum and length in one. Cheap
 * (some 40 µs for 200 KB) and no proof; nothing is decided by one match.
 */
export function fingerprintOf(body: Buffer): number {
  return (body.length % LENGTHS) * 2 ** 32 + crc32(body);
}
