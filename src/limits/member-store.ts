import { recordChange } from "#audit-store.ts";
import type { Actor } from "#domain/agent.ts";
import type { Prisma, PrismaClient } from "#generated/prisma/client.ts";

/** Since when an agent's calls are refused, by whom, and why. */
export type Pause = { at: Date; by: string; reason: string };

/** Where an agent counts. Removed agents stay counted in their pool and in the fleet. */
export type Member = {
  agentId: number;
  name: string;
  poolId: number | null;
  createdAt: Date;
  isRemoved: boolean;
  /** Null: it is not paused. */
  pause: Pause | null;
};

/** In which pool an agent counts. */
export type Place = Pick<Member, "agentId" | "poolId">;

type AgentReference = { id: number; name: string };

export type MemberStore = ReturnType<typeof createMemberStore>;

/** Agents as limits see them. Every change is written to the audit log in its own transaction. */
export function createMemberStore(prisma: PrismaClient) {
  return {
    /** Every agent that ever was, by name. */
    async all(): Promise<Member[]> {
      return (await prisma.agent.findMany({ select: MEMBER, orderBy: { agentName: "asc" } })).map(toMember);
    },

    /** The pauses of these agents; one that is not paused is not in the map. One query, which reads the paused ones alone. */
    async pausesOf(agentIds: readonly number[]): Promise<Map<number, Pause>> {
      const rows = await prisma.$queryRaw<{ id: number; at: Date; by: string | null; reason: string | null }[]>`
        SELECT id, paused_at AS at, paused_by AS by, pause_reason AS reason FROM agent_ownership
        WHERE paused_at IS NOT NULL AND id = ANY (${[...agentIds]}::int[])`;
      return new Map(rows.map(({ id, ...pause }) => [id, toPause(pause)]));
    },

    /** Whom limits above agents count: the ids of every agent that ever was, with their pools. */
    places: (): Promise<Place[]> =>
      prisma.$queryRaw`SELECT id AS "agentId", pool_id AS "poolId" FROM agent_ownership ORDER BY id`,

    /** These agents, whether they were removed or not. */
    async byIds(agentIds: readonly number[]): Promise<Member[]> {
      return (await prisma.agent.findMany({ where: { id: { in: [...agentIds] } }, select: MEMBER })).map(toMember);
    },

    /** Refuses the agent's calls from now on. @returns false when it is paused already, or has been removed */
    pause: (actor: Actor, agent: AgentReference, { reason, at }: { reason: string; at: Date }): Promise<boolean> =>
      prisma.$transaction(async (transaction) => {
        const { count } = await transaction.agent.updateMany({
          where: { id: agent.id, removedAt: null, pausedAt: null },
          data: { pausedAt: at, pausedBy: actor.name, pauseReason: reason },
        });
        if (count === 0) return false;
        await recordChange(transaction, actor, {
          action: "agent.pause",
          subject: `agent:${agent.name}`,
          before: { paused: false },
          after: { paused: true, reason },
        });
        return true;
      }),

    /** @returns false when it is not paused, or has been removed */
    resume: (actor: Actor, agent: AgentReference): Promise<boolean> =>
      prisma.$transaction(async (transaction) => {
        await transaction.$queryRaw`SELECT id FROM agent_ownership WHERE id = ${agent.id} FOR UPDATE`;
        const paused = { id: agent.id, removedAt: null, pausedAt: { not: null } };
        const before = await transaction.agent.findFirst({ where: paused, select: MEMBER });
        if (before === null) return false;
        const columns = { pausedAt: null, pausedBy: null, pauseReason: null };
        await transaction.agent.update({ where: { id: agent.id }, data: columns });
        await recordChange(transaction, actor, {
          action: "agent.resume",
          subject: `agent:${agent.name}`,
          before: { paused: true, by: before.pausedBy, reason: before.pauseReason },
          after: { paused: false },
        });
        return true;
      }),
  };
}

const MEMBER = {
  id: true,
  agentName: true,
  poolId: true,
  createdAt: true,
  removedAt: true,
  pausedAt: true,
  pausedBy: true,
  pauseReason: true,
} as const;

type MemberRow = Prisma.AgentGetPayload<{ select: typeof MEMBER }>;

function toMember(row: MemberRow): Member {
  const { id: agentId, agentName: name, poolId, createdAt, removedAt, pausedAt: at } = row;
  const pause = at === null ? null : toPause({ at, by: row.pausedBy, reason: row.pauseReason });
  return { agentId, name, poolId, createdAt, isRemoved: removedAt !== null, pause };
}

function toPause({ at, by, reason }: { at: Date; by: string | null; reason: string | null }): Pause {
  return { at, by: by ?? "somebody", reason: reason ?? "" };
}
