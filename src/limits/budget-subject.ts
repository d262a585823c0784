/** Whose limits: of one agent, of a pool of agents, of the whole fleet, or of every agent that has none of its own. */
export type BudgetSubject =
  | { scope: "agent"; id: number; name: string }
  | { scope: "pool"; id: number; name: string }
  | { scope: "fleet" }
  | { scope: "default" };

export type BudgetScope = BudgetSubject["scope"];

/** A subject that money can be counted for; the default is a template and has no spend of its own. */
export type CountedSubject = Exclude<BudgetSubject, { scope: "default" }>;

const NAMES = { fleet: "fleet", default: "default limits" } as const;

/** How the audit log names it: "agent:builder", "pool:research", "fleet", "default limits". */
export function auditSubject(subject: BudgetSubject): string {
  return "name" in subject ? `${subject.scope}:${subject.name}` : NAMES[subject.scope];
}

/** How people name it in a sentence. */
export function subjectText(subject: BudgetSubject): string {
  if (subject.scope === "agent") return subject.name;
  if (subject.scope === "pool") return `the pool "${subject.name}"`;
  return subject.scope === "fleet" ? "the fleet" : "the default limits";
}

/** The ids that its rows carry. */
export function subjectColumns(subject: BudgetSubject): { agentId: number | null; poolId: number | null } {
  return {
    agentId: subject.scope === "agent" ? subject.id : null,
    poolId: subject.scope === "pool" ? subject.id : null,
  };
}

/** With a capital letter, for the beginning of a sentence. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
