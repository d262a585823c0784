import type { RouterOutputs } from "#portal/client/trpc.ts";

/** One agent in the list. */
export type AgentRow = RouterOutputs["agents"]["list"]["agents"][number];

/** One agent on its own page. */
export type AgentDetail = RouterOutputs["agents"]["get"];

/** How an agent that we run is at this moment. */
export type RunState = NonNullable<RouterOutputs["agents"]["state"]>;

/** An agent in a container that somebody else made. */
export type Candidate = RouterOutputs["adoption"]["list"]["candidates"][number];

/** A turn that somebody asked of an agent, with its cost by the ledger. */
export type ChatTurn = RouterOutputs["chat"]["turns"]["turns"][number];

/** Somebody with an account. */
export type Person = RouterOutputs["people"]["list"]["people"][number];

/** Somebody who has been invited and has no account yet. */
export type Invitation = RouterOutputs["people"]["list"]["pending"][number];

/** A key of a program. */
export type ApiKey = RouterOutputs["apiKeys"]["list"]["keys"][number];
