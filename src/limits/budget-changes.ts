import type { Actor } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";
import type { BudgetStore, BudgetTarget, SaveOutcome } from "#limits/budget-store.ts";
import { type BudgetSubject, capitalised, subjectText } from "#limits/budget-subject.ts";
import { type BudgetInput, toTerms } from "#limits/budget-terms.ts";
import { type BudgetBook, openBook, saveFor, termsFor } from "#limits/budget-view.ts";

/** An agent whose limits are to change, and the version of them that the person saw (0: none were saved). */
export type ChangedAgent = { id: number; name: string; version: number };

export type BudgetChanges = ReturnType<typeof createBudgetChanges>;

/**
 * Changes of spending limits. The gateway learns of each by the table's trigger, when it commits. The caller has made
 * sure that the person may change what is asked for.
 */
export function createBudgetChanges(store: BudgetStore) {
  const readBook = async (agentIds: readonly number[]) => openBook(await store.load(agentIds), []);
  const save = async (actor: Actor, targets: readonly BudgetTarget[]): Promise<void> => {
    const outcome = await store.save(actor, targets);
    if (outcome.outcome !== "saved") throw notSaved(outcome, await readBook(agentIdsOf(outcome.subjects)));
  };

  return {
    /**
     * Saves limits; what the input leaves out stays. A limit of 0 allows no call.
     * @throws DomainError invalid_input for what cannot be read; conflict when they were changed after the person saw
     * them; not_found when the agent or the pool has been removed
     */
    async set(actor: Actor, subject: BudgetSubject, input: BudgetInput & { version: number }): Promise<void> {
      const book = await readBook(agentIdsOf([subject]));
      const change = { terms: toTerms(input, termsFor(book, subject)), followsDefault: false };
      await save(actor, [{ subject, seenVersion: input.version, change }]);
    },

    /** As `set`, for several agents, all of them or none. What the input leaves out stays as it is with each. */
    async setMany(actor: Actor, agents: readonly ChangedAgent[], input: BudgetInput): Promise<void> {
      const book = await readBook(agents.map(({ id }) => id));
      const targets = agents.map(({ id, name, version }) => {
        const subject: BudgetSubject = { scope: "agent", id, name };
        const change = { terms: toTerms(input, termsFor(book, subject)), followsDefault: false };
        return { subject, seenVersion: version, change };
      });
      await save(actor, targets);
    },

    /**
     * Takes the agents' own limits away: they follow the default from now on, all of them or none.
     * @throws DomainError conflict, not_found as `set`
     */
    async follow(actor: Actor, agents: readonly ChangedAgent[]): Promise<void> {
      const book = await readBook(agents.map(({ id }) => id));
      const change = { terms: book.defaults.terms, followsDefault: true };
      const own = agents.filter(({ version }) => version > 0); // who never had any follows it already
      await save(
        actor,
        own.map(({ id, name, version }) => ({ subject: { scope: "agent", id, name }, seenVersion: version, change })),
      );
    },
  };
}

function notSaved({ outcome, subjects }: Exclude<SaveOutcome, { outcome: "saved" }>, book: BudgetBook): DomainError {
  const names = subjects.map(subjectText).join(", ");
  if (outcome === "missing") return new DomainError("not_found", `${capitalised(names)} has been removed meanwhile.`);
  const [first] = subjects;
  if (subjects.length > 1 || first === undefined) {
    return new DomainError("conflict", `Somebody else has changed ${names} meanwhile. Look at them, then save again.`);
  }
  const { updatedBy, updatedAt } = saveFor(book, first);
  if (updatedAt === null)
    return new DomainError("conflict", "The limits are not saved any more. Look again, then save.");
  const when = `${updatedAt.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return new DomainError("conflict", `${updatedBy} saved other limits at ${when}. Look at them, then save again.`);
}

function agentIdsOf(subjects: readonly BudgetSubject[]): number[] {
  return subjects.flatMap((subject) => (subject.scope === "agent" ? [subject.id] : []));
}
