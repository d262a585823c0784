import { VIRTUAL_KEY_PREFIX } from "#domain/agent.ts";
import { createSecretToken, hashSecret } from "#secret-token.ts";

/** An agent's only credential: shown once, kept as `hash`, recognised by people by `hint` (its last 4 characters). */
export type VirtualKey = { key: string; hash: Buffer<ArrayBuffer>; hint: string };

/** Makes a virtual key: "tvk_" and 256 random bits. */
export function createVirtualKey(): VirtualKey {
  const { secret, hash, hint } = createSecretToken(VIRTUAL_KEY_PREFIX);
  return { key: secret, hash, hint };
}

/** SHA-256 of a whole key, prefix included: what the tables hold. */
export function hashKey(key: string): Buffer<ArrayBuffer> {
  return hashSecret(key);
}
