import { lookup as resolve } from "node:dns";
import type { LookupFunction } from "node:net";

import { Agent, buildConnector, request } from "undici";

import type { DeliveryOutcome } from "#limits/delivery.ts";
import type { AddressRule } from "#limits/webhook-address.ts";

export type WebhookPost = { url: string; headers: Record<string, string>; body: string };

/** Sends a webhook. Refusals and failures are values; nothing is thrown. */
export type PostWebhook = (post: WebhookPost) => Promise<DeliveryOutcome>;

const REFUSED = "its address is private, and WEBHOOK_ALLOWED_NETWORKS does not name it";
const GONE = 410;

class RefusedAddressError extends Error {}

/**
 * Posts to addresses that the rule allows, decided on the address that the connection is made to: a name that resolves to
 * something else a moment later gains nothing. Redirects are not followed. The receiver has `timeoutMs` to answer with 2xx.
 */
export function createPostWebhook(rule: AddressRule, timeoutMs: number): PostWebhook {
  const dispatcher = new Agent({ connect: guardedConnector(rule, timeoutMs), connections: 4, keepAliveTimeout: 1 });
  return async ({ url, headers, body }) => {
    try {
      const answer = await request(url, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json", "user-agent": "trinity-llm-observability" },
        body,
        dispatcher,
        signal: AbortSignal.timeout(timeoutMs),
      });
      answer.body.on("error", () => undefined); // what it says is not read
      answer.body.destroy();
      return outcomeOf(answer.statusCode);
    } catch (error) {
      return { outcome: "failed", reason: reasonOf(error, timeoutMs), isFinal: isRefusal(error) };
    }
  };
}

function outcomeOf(status: number): DeliveryOutcome {
  if (status >= 200 && status < 300) return { outcome: "delivered" };
  if (status >= 300 && status < 400) {
    return { outcome: "failed", reason: `it answered ${status}: redirects are not followed`, isFinal: true };
  }
  return { outcome: "failed", reason: `it answered ${status}`, isFinal: status === GONE };
}

/** Resolves by itself, takes the allowed addresses only, and looks at the connected socket once more: an address in the URL is not resolved. */
function guardedConnector(rule: AddressRule, timeoutMs: number): buildConnector.connector {
  const connect = buildConnector({ timeout: timeoutMs, lookup: allowedLookup(rule), autoSelectFamily: true });
  return (options, callback) => {
    const literal = options.hostname.replace(/^\[|\]$/g, "");
    const isLiteral = /^[\d.]+$/.test(literal) || literal.includes(":");
    if (isLiteral && !rule.isAllowed(literal)) return callback(new RefusedAddressError(), null);
    connect(options, (...[error, socket]) => {
      if (error !== null || socket === null) return callback(error ?? new Error("no connection"), null);
      if (rule.isAllowed(socket.remoteAddress ?? "")) return callback(null, socket);
      socket.destroy();
      callback(new RefusedAddressError(), null);
    });
  };
}

function allowedLookup(rule: AddressRule): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      const allowed = addresses.filter(({ address }) => rule.isAllowed(address));
      const [first] = allowed;
      if (first === undefined) return callback(new RefusedAddressError(), []);
      if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

function isRefusal(error: unknown): boolean {
  return error instanceof RefusedAddressError || (error instanceof Error && error.cause instanceof RefusedAddressError);
}

/** In words without the address, which is a secret of its own. */
function reasonOf(error: unknown, timeoutMs: number): string {
  if (isRefusal(error)) return REFUSED;
  const name = error instanceof Error ? error.name : "";
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (name === "TimeoutError" || name === "AbortError" || code.includes("TIMEOUT")) {
    return `no answer within ${Math.round(timeoutMs / 1000)} s`;
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "its name is not known to the DNS";
  if (code === "ECONNREFUSED") return "nobody listens there";
  if (/CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO/.test(code)) return `its certificate is not trusted (${code})`;
  return code === "" ? "the connection failed" : `the connection failed (${code})`;
}
