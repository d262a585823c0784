import { createHmac, randomBytes } from "node:crypto";

const SECRET_BYTES = 32;
const PREFIX = "whsec_";

/** A secret for signing, as the Standard Webhooks libraries take it: `whsec_` and 256 random bits in base64. */
export function createWebhookSecret(): string {
  return `${PREFIX}${randomBytes(SECRET_BYTES).toString("base64")}`;
}

export type SignedContent = { id: string; at: Date; body: string };

/**
 * The headers that prove where a webhook comes from, by the Standard Webhooks specification: `webhook-id` (the same for each
 * attempt of a message), `webhook-timestamp` (seconds), `webhook-signature` (`v1,` and the base64 HMAC-SHA256 over
 * `id.timestamp.body`).
 */
export function signatureHeaders(secret: string, { id, at, body }: SignedContent): Record<string, string> {
  const timestamp = Math.floor(at.getTime() / 1000).toString();
  const key = Buffer.from(secret.slice(PREFIX.length), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
}
