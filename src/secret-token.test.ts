import { createHash } from "node:crypto";

import { expect, it } from "vitest";

import { createSecretToken, hashSecret } from "#secret-token.ts";

it("makes secrets of 256 random bits that are kept as SHA-256 of the whole text", () => {
  const { secret, hash, hint } = createSecretToken("tok_");
  expect(Buffer.from(secret.slice(4), "base64url")).toHaveLength(32);
  expect(secret.startsWith("tok_")).toBe(true);
  expect(hint).toBe(secret.slice(-4));
  expect(hash.equals(createHash("sha256").update(secret).digest())).toBe(true);
  expect(hashSecret(secret).equals(hash)).toBe(true);
  expect(createSecretToken("tok_").secret).not.toBe(secret);
});
