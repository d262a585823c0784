import { createHash, randomBytes } from "node:crypto";

/** A secret shown once. Only `hash` (SHA-256 of the whole text) and `hint` (its last 4 characters) are kept. */
export type SecretToken = { secret: string; hash: Buffer<ArrayBuffer>; hint: string };

const SECRET_BYTES = 32;

/** Makes a secret of 256 random bits, in base64url after `prefix`. */
export function createSecretToken(prefix: string): SecretToken {
  const secret = `${prefix}${randomBytes(SECRET_BYTES).toString("base64url")}`;
  return { secret, hash: hashSecret(secret), hint: secret.slice(-4) };
}

/** SHA-256 of the full text. Enough for 256 random bits; passwords need `people/password.ts`. */
export function hashSecret(secret: string): Buffer<ArrayBuffer> {
  return Buffer.from(createHash("sha256").update(secret).digest());
}
