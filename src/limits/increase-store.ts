import { recordChange } from "#audit-store.ts";
import type { Actor } from "#domain/agent.ts";
import { type NanoUsd, toUsdText } from "#domain/money.ts";
import type { BudgetPeriod } from "#domain/period.ts";
import type { Prisma, PrismaClient } from "#generated/prisma/client.ts";
import { auditSubject, type CountedSubject, subjectColumns } from "#limits/budget-subject.ts";

export const INCREASE_STATES = ["requested", "granted", "declined", "ended"] as const;
export type IncreaseState = (typeof INCREASE_STATES)[number];

/** More of one limit for a while: asked for, or granted. In force in [startsAt, endsAt) once granted. */
export type Increase = {
  id: number;
  subject: CountedSubject;
  period: BudgetPeriod;
  amount: NanoUsd;
  reason: string;
  state: IncreaseState;
  /** Who asked for it, or gave it straight away. `requestedById` is null when the account is gone. */
  requestedBy: string;
  requestedById: string | null;
  requestedAt: Date;
  decidedBy: string | null;
  decidedAt: Date | null;
  startsAt: Date;
  endsAt: Date;
};

export type NewIncrease = Pick<Increase, "subject" | "period" | "amount" | "reason" | "endsAt">;

/** Where the limit stood when more was asked for: what the alert tells. */
export type AskedAt = { periodStart: Date; limit: NanoUsd; spent: NanoUsd };

const SHOWN_MAX = 20;

export type IncreaseStore = ReturnType<typeof createIncreaseStore>;

/** The table of increases. Every change is written to the audit log in its own transaction. */
export function createIncreaseStore(prisma: PrismaClient) {
  const find = async (where: Prisma.BudgetIncreaseWhereInput, take?: number): Promise<Increase[]> => {
    const rows = await prisma.budgetIncrease.findMany({
      where,
      include: WITH_SUBJECT,
      orderBy: [{ requestedAt: "desc" }, { id: "desc" }],
      ...(take === undefined ? {} : { take }),
    });
    return rows.map(toIncrease);
  };
  return {
    /** Those that were granted and have not ended, those that begin later included. */
    inForce: (now: Date): Promise<Increase[]> => find({ state: "granted", endsAt: { gt: now } }),

    /** The latest of one subject, whatever became of them, the newest first. */
    latest: (subject: CountedSubject): Promise<Increase[]> =>
      find({ scope: subject.scope, ...subjectColumns(subject) }, SHOWN_MAX),

    /** What owners wait for, of agents that are still there. */
    requested: (now: Date): Promise<Increase[]> =>
      find({ state: "requested", endsAt: { gt: now }, agent: { removedAt: null } }),

    /** @returns null when there is none */
    byId: async (id: number): Promise<Increase | null> => (await find({ id }))[0] ?? null,

    /** Gives more straight away, from `now` on. */
    async grant(actor: Actor, increase: NewIncrease, now: Date): Promise<void> {
      await prisma.$transaction(async (transaction) => {
        await insert(transaction, actor, { increase, now, state: "granted" });
        await audit(transaction, actor, { action: "increase.grant", increase });
      });
    },

    /**
     * Notes that an owner asks for more, and raises the alert that tells admins so.
     * @returns false when the owner waits for an answer about this limit already
     */
    async request(actor: Actor, increase: NewIncrease, asked: AskedAt & { now: Date }): Promise<boolean> {
      return prisma.$transaction(async (transaction) => {
        const columns = subjectColumns(increase.subject);
        await transaction.$queryRaw`SELECT id FROM agent_ownership WHERE id = ${columns.agentId} FOR UPDATE`;
        const open = { state: "requested", period: increase.period, endsAt: { gt: asked.now }, ...columns };
        if ((await transaction.budgetIncrease.count({ where: open })) > 0) return false;
        const increaseId = await insert(transaction, actor, { increase, now: asked.now, state: "requested" });
        await insertAlert(transaction, actor, { increaseId, increase, asked });
        await audit(transaction, actor, { action: "increase.request", increase });
        return true;
      });
    },

    /** Answers a request. @returns false when it has been answered, or has run out, meanwhile */
    decide: (actor: Actor, increase: Increase, verdict: { state: "granted" | "declined"; now: Date }) =>
      change(prisma, actor, {
        increase,
        from: "requested",
        action: verdict.state === "granted" ? "increase.grant" : "increase.decline",
        columns: {
          state: verdict.state,
          decidedByName: actor.name,
          decidedAt: verdict.now,
          ...(verdict.state === "granted" ? { startsAt: verdict.now } : {}),
        },
        now: verdict.now,
      }),

    /** Ends what is in force. @returns false when it has ended meanwhile */
    end: (actor: Actor, increase: Increase, now: Date) =>
      change(prisma, actor, {
        increase,
        from: "granted",
        action: "increase.end",
        // The table holds that it began before it ended.
        columns: { state: "ended", endsAt: new Date(Math.max(now.getTime(), increase.startsAt.getTime() + 1)) },
        now,
      }),
  };
}

type Insertion = { increase: NewIncrease; now: Date; state: "requested" | "granted" };

async function insert(transaction: Prisma.TransactionClient, actor: Actor, { increase, now, state }: Insertion) {
  const { subject, period, amount, reason, endsAt } = increase;
  const isGranted = state === "granted";
  const { id } = await transaction.budgetIncrease.create({
    data: {
      scope: subject.scope,
      ...subjectColumns(subject),
      period,
      amountNanoUsd: amount,
      reason,
      state,
      requestedBy: actor.userId,
      requestedByName: actor.name,
      requestedAt: now,
      decidedByName: isGranted ? actor.name : null,
      decidedAt: isGranted ? now : null,
      startsAt: now,
      endsAt,
    },
  });
  return id;
}

type Asking = { increaseId: number; increase: NewIncrease; asked: AskedAt & { now: Date } };

async function insertAlert(
  transaction: Prisma.TransactionClient,
  actor: Actor,
  { increaseId, increase, asked }: Asking,
) {
  const { subject, period, amount, reason, endsAt } = increase;
  const { agentId } = subjectColumns(subject);
  await transaction.alert.create({
    data: {
      kind: "request",
      budget: `agent:${agentId}`,
      agentId,
      increaseId,
      period,
      periodStart: asked.periodStart,
      limitNanoUsd: asked.limit,
      spentNanoUsd: asked.spent,
      crossedAt: asked.now,
      detail: { amount: amount.toString(), reason, endsAt: endsAt.toISOString(), requestedBy: actor.name },
    },
  });
}

type Change = {
  increase: Increase;
  from: IncreaseState;
  action: string;
  columns: Prisma.BudgetIncreaseUpdateManyMutationInput;
  now: Date;
};

async function change(prisma: PrismaClient, actor: Actor, { increase, from, action, columns, now }: Change) {
  return prisma.$transaction(async (transaction) => {
    const { count } = await transaction.budgetIncrease.updateMany({
      where: { id: increase.id, state: from, endsAt: { gt: now } },
      data: columns,
    });
    if (count === 0) return false;
    await audit(transaction, actor, { action, increase, before: { state: from } });
    return true;
  });
}

type Audited = { action: string; increase: NewIncrease; before?: Prisma.InputJsonObject };

async function audit(transaction: Prisma.TransactionClient, actor: Actor, { action, increase, before }: Audited) {
  const { subject, period, amount, reason, endsAt } = increase;
  await recordChange(transaction, actor, {
    action,
    subject: auditSubject(subject),
    before: before ?? null,
    after: { period, amountUsd: toUsdText(amount), reason, endsAt: endsAt.toISOString() },
  });
}

const WITH_SUBJECT = {
  agent: { select: { agentName: true } },
  pool: { select: { name: true } },
} as const;

type IncreaseRow = Prisma.BudgetIncreaseGetPayload<{ include: typeof WITH_SUBJECT }>;

function toIncrease(row: IncreaseRow): Increase {
  const state = INCREASE_STATES.find((known) => known === row.state);
  if (state === undefined) throw new Error(`Increase ${row.id}: unknown state ${row.state}.`);
  return {
    id: row.id,
    subject: toSubject(row),
    period: row.period === "day" ? "day" : "month",
    amount: row.amountNanoUsd,
    reason: row.reason,
    state,
    requestedBy: row.requestedByName,
    requestedById: row.requestedBy,
    requestedAt: row.requestedAt,
    decidedBy: row.decidedByName,
    decidedAt: row.decidedAt,
    startsAt: row.startsAt,
    endsAt: row.endsAt,
  };
}

function toSubject({ agentId, agent, poolId, pool }: IncreaseRow): CountedSubject {
  if (agentId !== null && agent !== null) return { scope: "agent", id: agentId, name: agent.agentName };
  if (poolId !== null && pool !== null) return { scope: "pool", id: poolId, name: pool.name };
  return { scope: "fleet" };
}
