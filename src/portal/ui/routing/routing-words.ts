import type { AgentRow } from "#portal/client/answers.ts";

export type Routing = AgentRow["routing"];

type Words = {
  label: string;
  /** What it means for cost and limits. */
  effect: string;
  /** Said of an agent that goes this way; null: nothing has to be said. */
  warning: string | null;
};

/** The ways an agent's calls can go, in words. */
export const ROUTING_WORDS: Readonly<Record<Routing, Words>> = {
  gateway: { label: "By the gateway", effect: "Metered, and limited by its budget.", warning: null },
  helicone: {
    label: "Straight to Helicone (unguarded)",
    effect:
      "Helicone records the calls; here they are neither metered nor limited, and no budget stops them. With Helicone turned off they go to Anthropic.",
    warning: "Unguarded: its calls go straight to Helicone. They are neither metered nor limited here.",
  },
  direct: {
    label: "Straight to Anthropic (unguarded)",
    effect: "Neither metered nor limited: no budget stops them, and only telemetry can tell what they cost.",
    warning: "Unguarded: its calls go straight to Anthropic. They are neither metered nor limited here.",
  },
};

/** Whether calls that go this way pass by the budget. */
export function isUnguarded(routing: Routing): boolean {
  return ROUTING_WORDS[routing].warning !== null;
}
