import { ALERT_KINDS, type AlertFacts, type AlertKind, toAlertDetail } from "#domain/alert.ts";
import type { BudgetPeriod } from "#domain/period.ts";
import type { Prisma, PrismaClient } from "#generated/prisma/client.ts";

/** What became of the increase that an alert asks for. */
export type IncreaseState = {
  id: number;
  state: "requested" | "granted" | "declined" | "ended";
  decidedByName: string | null;
  decidedAt: Date | null;
};

export type AlertRecord = {
  id: bigint;
  facts: AlertFacts;
  /** Its agent is still there: there is a page about it. */
  hasAgentPage: boolean;
  increase: IncreaseState | null;
  /** Messages about it, by what became of them. */
  messages: Record<"pending" | "delivered" | "failed", number>;
};

/** Whose alerts: everybody's, or those about the limits and the conduct of one person's own agents. */
export type AlertViewer = "all" | { ownerId: string };

export type AlertFilter = {
  viewer: AlertViewer;
  kind: AlertKind | null;
  agentName: string | null;
  before: bigint | null;
  limit: number;
};

export type AlertStore = ReturnType<typeof createAlertStore>;

/** What an alert is told with; `toAlertFacts` reads it. */
export const ALERT_CONTEXT = {
  agent: { select: { agentName: true, removedAt: true } },
  pool: { select: { name: true } },
  increase: true,
} as const satisfies Prisma.AlertInclude;

type AlertRow = Prisma.AlertGetPayload<{ include: typeof ALERT_CONTEXT }>;

/** Reads alerts, and notes who has seen which. Alerts are written by the gateway, and with an asked increase. */
export function createAlertStore(prisma: PrismaClient) {
  return {
    /** The newest first. */
    async list({ viewer, kind, agentName, before, limit }: AlertFilter): Promise<AlertRecord[]> {
      const rows = await prisma.alert.findMany({
        where: {
          AND: [
            visibleTo(viewer),
            kind === null ? {} : { kind },
            agentName === null ? {} : { agent: { agentName } },
            before === null ? {} : { id: { lt: before } },
          ],
        },
        include: { ...ALERT_CONTEXT, messages: { select: { state: true } } },
        orderBy: { id: "desc" },
        take: limit,
      });
      return rows.map((row) => ({
        id: row.id,
        facts: toAlertFacts(row),
        hasAgentPage: row.agent !== null && row.agent.removedAt === null,
        increase: toIncreaseState(row.increase),
        messages: countStates(row.messages),
      }));
    },

    /** Up to which alert the person has seen them; nothing from before they had an account is new to them. */
    async seen(userId: string): Promise<{ upTo: bigint; since: Date }> {
      const user = await prisma.user.findUnique({ where: { id: userId } });
      return { upTo: user?.alertsSeenId ?? 0n, since: user?.createdAt ?? new Date() };
    },

    /** How many came after `seen`, at most `max`, and the newest of all. */
    async unread(viewer: AlertViewer, seen: { upTo: bigint; since: Date }, max: number) {
      const where: Prisma.AlertWhereInput = {
        AND: [visibleTo(viewer), { id: { gt: seen.upTo }, crossedAt: { gte: seen.since } }],
      };
      const [unread, newest] = await Promise.all([
        prisma.alert.findMany({ where, select: { id: true }, take: max }),
        prisma.alert.findFirst({ where: visibleTo(viewer), select: { id: true }, orderBy: { id: "desc" } }),
      ]);
      return { count: unread.length, newestId: newest?.id ?? null };
    },

    /** Never takes back what was noted before. */
    async markSeen(userId: string, upTo: bigint): Promise<void> {
      await prisma.user.updateMany({
        where: { id: userId, alertsSeenId: { lt: upTo } },
        data: { alertsSeenId: upTo },
      });
    },
  };
}

/** The facts of a stored alert. */
export function toAlertFacts(row: AlertRow): AlertFacts {
  const { increase } = row;
  return {
    kind: ALERT_KINDS.find((kind) => kind === row.kind) ?? "threshold",
    scope: scopeOf(row.budget),
    agentName: row.agent?.agentName ?? null,
    poolName: row.pool?.name ?? null,
    period: toPeriod(row.period),
    periodStart: row.periodStart,
    thresholdPercent: row.thresholdPercent,
    limit: row.limitNanoUsd,
    spent: row.spentNanoUsd,
    at: row.crossedAt,
    detail: toAlertDetail(row.detail),
    increase:
      increase === null
        ? null
        : {
            period: toPeriod(increase.period),
            amount: increase.amountNanoUsd,
            reason: increase.reason,
            requestedByName: increase.requestedByName,
            endsAt: increase.endsAt,
          },
  };
}

function visibleTo(viewer: AlertViewer): Prisma.AlertWhereInput {
  return viewer === "all" ? {} : { budget: { startsWith: "agent:" }, agent: { ownerId: viewer.ownerId } };
}

function scopeOf(budget: string): AlertFacts["scope"] {
  if (budget === "fleet") return "fleet";
  return budget.startsWith("pool:") ? "pool" : "agent";
}

function toPeriod(text: string): BudgetPeriod {
  return text === "month" ? "month" : "day";
}

function toIncreaseState(increase: AlertRow["increase"]): IncreaseState | null {
  if (increase === null) return null;
  const { id, decidedByName, decidedAt } = increase;
  const states = ["requested", "granted", "declined", "ended"] as const;
  const state = states.find((known) => known === increase.state) ?? "requested";
  return { id, state, decidedByName, decidedAt };
}

function countStates(messages: readonly { state: string }[]): AlertRecord["messages"] {
  const count = (state: string) => messages.filter((message) => message.state === state).length;
  return { pending: count("pending"), delivered: count("delivered"), failed: count("failed") };
}
