import { Prisma, type PrismaClient } from "#generated/prisma/client.ts";

/** A page of one agent's calls: those before the call `beforeId`, or the newest when it is null. */
export type RequestPage = { agentId: number; beforeId: string | null; limit: number };

export type RequestListStore = ReturnType<typeof createRequestListStore>;

/** Reads single calls out of the ledger, the newest first. */
export function createRequestListStore(prisma: PrismaClient) {
  return {
    /** Keyset paging on (admitted_at, id): a page stays right while calls keep arriving. */
    async page({ agentId, beforeId, limit }: RequestPage) {
      const before =
        beforeId === null
          ? Prisma.empty
          : Prisma.sql`AND (admitted_at, id) < (
              SELECT last.admitted_at, last.id FROM llm_requests AS last
              WHERE last.id = ${beforeId}::uuid AND last.agent_id = ${agentId})`;
      const ids = await prisma.$queryRaw<{ id: string }[]>`
        SELECT id FROM llm_requests WHERE agent_id = ${agentId} ${before}
        ORDER BY admitted_at DESC, id DESC LIMIT ${limit}`;
      return prisma.llmRequest.findMany({
        where: { id: { in: ids.map((row) => row.id) } },
        orderBy: [{ admittedAt: "desc" }, { id: "desc" }],
      });
    },
  };
}
