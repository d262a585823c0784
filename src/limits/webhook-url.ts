import { isIP } from "node:net";

import type { AddressRule } from "#limits/webhook-address.ts";

const LENGTH_MAX = 2_000;

/**
 * Says what is wrong with the address of a webhook, or null. An address that is written as a number is judged here; what a name
 * stands for is decided when a message is sent. Pure.
 */
export function webhookUrlProblem(text: string, rule: AddressRule): string | null {
  if (text === "") return "Paste the webhook's address.";
  if (text.length > LENGTH_MAX) return `An address has at most ${LENGTH_MAX} characters.`;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) return "Write the whole address, such as https://hooks.example.com/…";
  if (url.protocol !== "https:" && url.protocol !== "http:") return "The address has to begin with https:// or http://";
  if (url.username !== "" || url.password !== "") return "Leave name and password out of the address.";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0 && !rule.isAllowed(host)) return PRIVATE;
  if (/(^|\.)localhost\.?$/i.test(host) && !rule.isAllowed("127.0.0.1")) return PRIVATE;
  return null;
}

const PRIVATE =
  "This address is private, and webhooks go to public ones only. Whoever runs the portal can allow it with WEBHOOK_ALLOWED_NETWORKS.";
