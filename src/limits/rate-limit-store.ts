import { recordChange } from "#audit-store.ts";
import type { Actor } from "#domain/agent.ts";
import type { RateLimits } from "#domain/rate-window.ts";
import type { AgentRateLimit, Prisma, PrismaClient } from "#generated/prisma/client.ts";

/** Whose rates: of one agent, or of every agent that has none of its own. */
export type RateSubject = { scope: "agent"; id: number; name: string } | { scope: "default" };

/** Rates as they are saved. `version` rises by one with each save. */
export type SavedRates = RateLimits & {
  agentId: number | null;
  /** The agent takes the default's; its own are kept for nothing but their version. */
  followsDefault: boolean;
  version: number;
  updatedAt: Date;
  updatedBy: string;
};

export type RateChange = RateLimits & { followsDefault: boolean };

export type RateLimitStore = ReturnType<typeof createRateLimitStore>;

/** The table of rates, and what became of them. Every change is written to the audit log in its own transaction. */
export function createRateLimitStore(prisma: PrismaClient) {
  return {
    /** The agent's rates (null asks for none of them) and the default's, as far as they were ever saved. */
    async load(agentId: number | null): Promise<SavedRates[]> {
      const rows = await prisma.agentRateLimit.findMany({
        where: { OR: [{ scope: "default" }, ...(agentId === null ? [] : [{ agentId }])] },
      });
      return rows.map(toSaved);
    },

    /**
     * `seenVersion`: what the person saw, 0 where nothing was saved.
     * @returns missing: the agent has been removed. stale: the rates are not of the version that the person saw
     */
    save: (actor: Actor, subject: RateSubject, change: RateChange & { seenVersion: number }) =>
      prisma.$transaction((transaction) => save(transaction, actor, { subject, change })),

    /** The agent's calls that were refused since then for being too many. */
    refusedSince: (agentId: number, since: Date): Promise<number> =>
      prisma.llmRequest.count({
        where: { agentId, admittedAt: { gte: since }, outcome: "refused", errorType: "rate_limit_error" },
      }),
  };
}

type Saving = { subject: RateSubject; change: RateChange & { seenVersion: number } };

async function save(
  transaction: Prisma.TransactionClient,
  actor: Actor,
  { subject, change }: Saving,
): Promise<"saved" | "missing" | "stale"> {
  const agentId = subject.scope === "agent" ? subject.id : null;
  if (agentId !== null) {
    const [agent] = await transaction.$queryRaw<unknown[]>`
      SELECT id FROM agent_ownership WHERE id = ${agentId} AND removed_at IS NULL FOR SHARE`;
    if (agent === undefined) return "missing";
  }
  const whose = { scope: subject.scope, agentId };
  const before = await transaction.agentRateLimit.findFirst({ where: whose });
  const { requestsPerMinute, tokensPerMinute, followsDefault, seenVersion } = change;
  const columns = {
    requestsPerMinute,
    tokensPerMinute: tokensPerMinute === null ? null : BigInt(tokensPerMinute),
    followsDefault,
    updatedAt: new Date(),
    updatedBy: actor.name,
  };
  const { count } =
    seenVersion === 0
      ? await transaction.agentRateLimit.createMany({ data: [{ ...whose, ...columns }], skipDuplicates: true })
      : await transaction.agentRateLimit.updateMany({
          where: { ...whose, version: seenVersion },
          data: { ...columns, version: { increment: 1 } },
        });
  if (count === 0) return "stale";
  await recordChange(transaction, actor, {
    action: "rate_limits.set",
    subject: subject.scope === "agent" ? `agent:${subject.name}` : "default rates",
    before: before === null ? null : audited(toSaved(before)),
    after: audited(change),
  });
  return "saved";
}

function audited({ requestsPerMinute, tokensPerMinute, followsDefault }: RateChange) {
  return followsDefault ? { followsDefault } : { requestsPerMinute, tokensPerMinute };
}

function toSaved(row: AgentRateLimit): SavedRates {
  const { agentId, requestsPerMinute, followsDefault, version, updatedAt, updatedBy } = row;
  const tokensPerMinute = row.tokensPerMinute === null ? null : Number(row.tokensPerMinute);
  return { agentId, requestsPerMinute, tokensPerMinute, followsDefault, version, updatedAt, updatedBy };
}
