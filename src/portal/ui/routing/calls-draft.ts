import { isUnguarded, type Routing } from "#portal/ui/routing/routing-words.ts";

/** `gateway`: the gateway's key pays. The others: a credential of the agent's own does. */
export type Payer = "gateway" | "api_key" | "oauth_token";

/** What a person has chosen for an agent's calls so far. `value`: the credential, as typed. */
export type CallsDraft = { routing: Routing; payer: Payer; value: string };

/** As agents are made unless something else is chosen. */
export const USUAL_CALLS: CallsDraft = { routing: "gateway", payer: "gateway", value: "" };

/** The draft with another way; past the gateway, the gateway cannot pay. */
export function withRouting(draft: CallsDraft, routing: Routing): CallsDraft {
  return { ...draft, routing, payer: isUnguarded(routing) && draft.payer === "gateway" ? "api_key" : draft.payer };
}

/** What the server is asked for, or null while something is missing. */
export function callsOrder({ routing, payer, value }: CallsDraft) {
  const trimmed = value.trim();
  if (payer === "gateway") return isUnguarded(routing) ? null : { routing, credential: null };
  return trimmed === "" ? null : { routing, credential: { kind: payer, value: trimmed } };
}
