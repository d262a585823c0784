import type { RouterOutputs } from "#portal/client/trpc.ts";

/** One agent in the list. */
export type AgentRow = RouterOutputs["agents"]["list"]["agents"][number];

/** One agent among those whose name has a text in it. */
export type FoundAgent = RouterOutputs["agents"]["search"]["agents"][number];

/** One agent on its own page. */
export type AgentDetail = RouterOutputs["agents"]["get"];

/** Limits, spend and state of one budget. */
export type BudgetStatus = AgentDetail["budget"];

/** All that limits one agent. */
export type AgentBudgets = RouterOutputs["budgets"]["status"];

/** More of one limit for a while: asked for, or given. */
export type Increase = AgentBudgets["increases"][number];

/** The rates of one agent, and what counts now. */
export type AgentRates = RouterOutputs["rateLimits"]["status"];

/** The limits of everybody. */
export type BudgetOverview = RouterOutputs["budgets"]["overview"];

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

/** Something that people were told. */
export type Alert = RouterOutputs["alerts"]["list"]["alerts"][number];

/** A way on which people are warned. */
export type Channel = RouterOutputs["notifications"]["channels"]["channels"][number];

/** One message and what became of it. */
export type Delivery = RouterOutputs["notifications"]["log"]["entries"][number];

/** How the gateways get on with Helicone. */
export type HeliconeStatus = RouterOutputs["helicone"]["status"];

/** Whether Helicone answers the portal. */
export type HeliconeReach = RouterOutputs["helicone"]["reach"];

/** How much Helicone is told of whose calls. */
export type LogSettings = RouterOutputs["helicone"]["logSettings"];

/** One call in a view of the calls. */
export type FoundCall = RouterOutputs["requests"]["search"]["calls"][number];

/** One call with all that is known of it. */
export type CallDetail = RouterOutputs["requests"]["one"];

/** A session of Claude Code in a list. */
export type SessionRow = RouterOutputs["sessions"]["list"]["sessions"][number];

/** A session with its prompts and subagents. */
export type SessionDetail = RouterOutputs["sessions"]["one"];

/** An agent's cost by what was paid for. */
export type CostBreakdown = RouterOutputs["costs"]["byType"];

/** An agent's cost by hour of the day and day of the week. */
export type CostByHour = RouterOutputs["costs"]["byHour"];

/** The dearest sessions and subagents of an agent. */
export type CostBySession = RouterOutputs["costs"]["bySession"];

/** How long calls took, over time. */
export type CallDurations = RouterOutputs["requests"]["durations"];

/** What ledger and Helicone say of the same UTC day. */
export type DayCheck = NonNullable<RouterOutputs["reconciliation"]["overview"]["days"]>[number];

/** A single call that the two do not agree on. */
export type CallDifference = RouterOutputs["reconciliation"]["differences"]["differences"][number];

/** What all agents that this person may see cost together. */
export type FleetOverview = RouterOutputs["overview"]["get"];

/** What one model costs, and what people set in place of the list. */
export type ModelPrices = RouterOutputs["prices"]["list"]["models"][number];

/** Where the budgets of all agents stand that this person may see. */
export type BudgetStandings = RouterOutputs["overview"]["budgets"];

/** How long single calls are kept, and how it stands. */
export type RetentionView = RouterOutputs["retention"]["get"];
