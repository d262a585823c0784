import type { Channel } from "#portal/client/answers.ts";

/** What each kind of channel is called. */
export const CHANNEL_KINDS = { email: "E-mail", slack: "Slack", webhook: "Signed webhook" } as const satisfies Record<
  Channel["kind"],
  string
>;

/** Whom a channel tells: `owners, admins and ops@example.com`, `hooks.slack.com`. */
export function audienceOf({ kind, host, addresses }: Pick<Channel, "kind" | "host" | "addresses">): string {
  if (kind !== "email") return host ?? "";
  if (addresses.length === 0) return "Owners and admins";
  return `Owners, admins and ${addresses.join(", ")}`;
}

/** The addresses in what somebody typed, with commas, semicolons or spaces between them. */
export function toAddresses(text: string): string[] {
  return text.split(/[\s,;]+/).filter((part) => part !== "");
}
