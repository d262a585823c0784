import { hash } from "node:crypto";

import { VIRTUAL_KEY_PREFIX } from "#domain/agent.ts";
import type { AgentLimits } from "#limits/admission.ts";

/** An agent as the gateway knows it. Owner and type are what people have said of it; null: nothing. */
export type KnownAgent = { id: number; name: string; ownerId: string | null; type: string | null } & AgentLimits;

/** A credential that the agent brought for Anthropic itself, as the header it arrived in. */
export type OwnCredential = { header: "authorization" | "x-api-key"; value: string };

export type Identification =
  | {
      outcome: "identified";
      agent: KnownAgent;
      /** Whether the key took the place of the API key, or came beside it. */
      keyArrivedAs: "credential" | "beside";
      ownCredentials: readonly OwnCredential[];
    }
  | { outcome: "unknown"; problem: string };

export type CredentialSource = { rawHeaders: readonly string[]; keyInPath: string | null };

/** A value that is meant as a virtual key, whole or not. It is never taken for a credential of another kind and sent on. */
const MEANT_AS_KEY = new RegExp(`(^|[^A-Za-z0-9_-])${VIRTUAL_KEY_PREFIX}`);
const HOW = "Set ANTHROPIC_AUTH_TOKEN to the key on the agent's Connect page.";

/**
 * Finds out which agent is calling, by its virtual key and nothing else. The key may be the API key itself
 * (`Authorization: Bearer`, `x-api-key`), or stand in `X-Trinity-Agent` or the path, beside a credential of the
 * agent's own.
 * `findByKeyHash` looks up the SHA-256 of a key, in hexadecimal.
 */
export function identifyAgent(
  source: CredentialSource,
  findByKeyHash: (keyHash: string) => KnownAgent | undefined,
): Identification {
  const { keys, isKeyCredential, ownCredentials } = collectCredentials(source);
  const [key, ...others] = keys;
  if (key === undefined) {
    const brought = ownCredentials.length > 0 ? "This key is not one of the gateway's." : "No agent key was sent.";
    return { outcome: "unknown", problem: `${brought} ${HOW}` };
  }
  if (others.length > 0) {
    return { outcome: "unknown", problem: `Two different agent keys were sent in one request. ${HOW}` };
  }
  const agent = findByKeyHash(hash("sha256", key));
  if (agent === undefined) {
    return { outcome: "unknown", problem: `This agent key is not valid; it may have been replaced. ${HOW}` };
  }
  return { outcome: "identified", agent, keyArrivedAs: isKeyCredential ? "credential" : "beside", ownCredentials };
}

function collectCredentials({ rawHeaders, keyInPath }: CredentialSource) {
  const keys = new Set<string>();
  const ownCredentials: OwnCredential[] = [];
  let isKeyCredential = false;
  if (keyInPath !== null) keys.add(keyInPath);
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? "").toLowerCase();
    if (name !== "authorization" && name !== "x-api-key" && name !== "x-trinity-agent") continue;
    const value = (rawHeaders[at + 1] ?? "").trim();
    if (name === "x-trinity-agent") keys.add(value);
    else if (MEANT_AS_KEY.test(value)) {
      keys.add(value.replace(/^bearer\s+/i, ""));
      isKeyCredential = true;
    } else if (value !== "") ownCredentials.push({ header: name, value });
  }
  return { keys: [...keys], isKeyCredential, ownCredentials };
}
