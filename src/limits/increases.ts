import type { Actor } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";
import { amountProblem, reasonProblem } from "#domain/limit-rules.ts";
import { parseUsd } from "#domain/money.ts";
import { type BudgetPeriod, periodAt } from "#domain/period.ts";
import type { CountedSubject } from "#limits/budget-subject.ts";
import type { BudgetStatus } from "#limits/budget-view.ts";
import type { Increase, IncreaseStore, NewIncrease } from "#limits/increase-store.ts";

/** More of one limit for a while, as a person typed it; the amount in decimal dollars. */
export type IncreaseInput = { period: BudgetPeriod; amount: string; reason: string; endsAt: Date };

const DAYS_MAX = 366;
const DAY_MS = 24 * 60 * 60 * 1000;

type Dependencies = {
  store: IncreaseStore;
  standing: (subject: CountedSubject) => Promise<BudgetStatus>;
  clock: () => Date;
};

export type Increases = ReturnType<typeof createIncreases>;

/**
 * Temporary increases of limits. The caller has made sure that the person may see the agent, and that whoever grants,
 * declines or ends is an admin.
 */
export function createIncreases({ store, standing, clock }: Dependencies) {
  const checked = async (subject: CountedSubject, input: IncreaseInput) => {
    const increase = toIncrease(subject, input, clock());
    const status = await standing(subject);
    const { limit, spent } = status[input.period];
    if (limit === null) {
      throw new DomainError("invalid_input", `There is no ${words(input.period)} limit that could be raised.`);
    }
    return { increase, limit, spent, timeZone: status.timeZone };
  };
  const find = async (id: number): Promise<Increase> => {
    const increase = await store.byId(id);
    if (increase === null) throw new DomainError("not_found", "There is no such increase.");
    return increase;
  };

  return {
    /** The latest of one subject, whatever became of them, the newest first. */
    latest: (subject: CountedSubject): Promise<Increase[]> => store.latest(subject),

    /**
     * Gives more straight away, for an admin.
     * @throws DomainError invalid_input for what cannot be read, and where there is no such limit
     */
    async grant(actor: Actor, subject: CountedSubject, input: IncreaseInput): Promise<void> {
      const { increase } = await checked(subject, input);
      await store.grant(actor, increase, clock());
    },

    /**
     * Asks for more, for an owner; admins are told.
     * @throws DomainError as `grant`; conflict while an earlier request for the same limit waits for its answer
     */
    async request(actor: Actor, agent: { id: number; name: string }, input: IncreaseInput): Promise<void> {
      const subject: CountedSubject = { scope: "agent", id: agent.id, name: agent.name };
      const { increase, limit, spent, timeZone } = await checked(subject, input);
      const now = clock();
      const periodStart = periodAt(input.period, now, timeZone).start;
      if (await store.request(actor, increase, { periodStart, limit, spent, now })) return;
      const text = `More for the ${words(input.period)} limit has been asked for already. An admin will answer that first.`;
      throw new DomainError("conflict", text);
    },

    /**
     * Answers a request. What is granted is in force from now on.
     * @throws DomainError not_found; conflict when it was answered, or ran out, meanwhile
     */
    async decide(actor: Actor, id: number, state: "granted" | "declined"): Promise<void> {
      if (await store.decide(actor, await find(id), { state, now: clock() })) return;
      const { state: found, decidedBy } = await find(id);
      const text =
        found === "requested"
          ? "This request has run out."
          : `${decidedBy ?? "Somebody"} has answered this request already.`;
      throw new DomainError("conflict", text);
    },

    /**
     * Ends a granted increase early.
     * @throws DomainError not_found; conflict when it has ended meanwhile
     */
    async end(actor: Actor, id: number): Promise<void> {
      const isEnded = await store.end(actor, await find(id), clock());
      if (!isEnded) throw new DomainError("conflict", "This increase is not in force any more.");
    },
  };
}

/** @throws DomainError invalid_input that says what to write instead */
function toIncrease(subject: CountedSubject, input: IncreaseInput, now: Date): NewIncrease {
  const amount = parseUsd(input.amount);
  if (amount === null) throw new DomainError("invalid_input", `The amount ${amountProblem(input.amount)}`);
  if (amount === 0n) throw new DomainError("invalid_input", "The amount is 0: write how much more.");
  const problem = reasonProblem(input.reason, "an increase") ?? endProblem(input.endsAt, now);
  if (problem !== null) throw new DomainError("invalid_input", problem);
  return { subject, period: input.period, amount, reason: input.reason.trim(), endsAt: input.endsAt };
}

function endProblem(endsAt: Date, now: Date): string | null {
  const ms = endsAt.getTime();
  if (Number.isNaN(ms)) return "Choose when the increase ends.";
  if (ms <= now.getTime()) return "The increase has to end in the future.";
  return ms > now.getTime() + DAYS_MAX * DAY_MS
    ? "An increase ends within a year. For longer, change the limit."
    : null;
}

function words(period: BudgetPeriod): string {
  return period === "day" ? "daily" : "monthly";
}
