import type { AlertFacts } from "#domain/alert.ts";
import { type Channel, hostOf } from "#limits/channel-store.ts";

/** Who can be told of an alert: the owner of its agent (null: none) and the admins, by their e-mail addresses. */
export type People = { ownerEmail: string | null; admins: readonly string[] };

/**
 * Whom a channel tells of an alert. Mail goes to the admins, to the owner of the agent whose own limit or conduct it is about,
 * and to the channel's fixed addresses, each once. What an owner asks for goes to those who decide, and a pool's or
 * the fleet's figures are not for the owner of one agent. A webhook has one recipient, named by its host. Pure.
 */
export function recipientsOf({ target }: Channel, alert: Pick<AlertFacts, "kind" | "scope">, people: People): string[] {
  if (target.kind !== "email") return [hostOf(target.url)];
  const isOwnersBusiness = alert.scope === "agent" && alert.kind !== "request";
  const owner = isOwnersBusiness && people.ownerEmail !== null ? [people.ownerEmail] : [];
  return [...new Set([...owner, ...people.admins, ...target.addresses].map((address) => address.toLowerCase()))];
}
