import { Prisma, type PrismaClient } from "#generated/prisma/client.ts";

/** What listed calls have in common; what is absent does not matter. Owner, type and template are those at the call. */
export type RequestFilter = {
  model?: string | undefined;
  sessionId?: string | undefined;
  subagentId?: string | undefined;
  ownerId?: string | undefined;
  type?: string | undefined;
  template?: string | undefined;
};

/** A page of one agent's calls: those before the call `beforeId`, or the newest when it is null. */
export type RequestPage = { agentId: number; beforeId: string | null; limit: number; filter: RequestFilter };

/** What the agent was called and whose it was when the call was admitted. */
export type CallTags = { agentName: string; ownerName: string | null; type: string | null; template: string | null };

export type RequestListStore = ReturnType<typeof createRequestListStore>;

/** Reads single calls out of the ledger, the newest first. */
export function createRequestListStore(prisma: PrismaClient) {
  return {
    /** Keyset paging on (admitted_at, id): a page stays right while calls keep arriving. */
    async page({ agentId, beforeId, limit, filter }: RequestPage) {
      const before =
        beforeId === null
          ? Prisma.empty
          : Prisma.sql`AND (admitted_at, llm_requests.id) < (
              SELECT last.admitted_at, last.id FROM llm_requests AS last
              WHERE last.id = ${beforeId}::uuid AND last.agent_id = ${agentId})`;
      const tagged = await prisma.$queryRaw<({ id: string } & CallTags)[]>`
        SELECT llm_requests.id, tags.agent_name AS "agentName", users.name AS "ownerName", tags.type, tags.template
        FROM llm_requests
        JOIN LATERAL (
          SELECT * FROM agent_tags
          WHERE agent_tags.agent_id = ${agentId} AND valid_from <= admitted_at
          ORDER BY valid_from DESC LIMIT 1) AS tags ON true
        LEFT JOIN users ON users.id = tags.owner_id
        WHERE llm_requests.agent_id = ${agentId} ${before} ${conditions(filter)}
        ORDER BY admitted_at DESC, llm_requests.id DESC LIMIT ${limit}`;
      const tags = new Map(tagged.map(({ id, ...rest }) => [id, rest]));
      const rows = await prisma.llmRequest.findMany({
        where: { id: { in: [...tags.keys()] } },
        orderBy: [{ admittedAt: "desc" }, { id: "desc" }],
      });
      return rows.map((row) => ({ ...row, tags: tags.get(row.id) ?? null }));
    },
  };
}

function conditions({ model, sessionId, subagentId, ownerId, type, template }: RequestFilter): Prisma.Sql {
  const wanted = [
    model === undefined ? null : Prisma.sql`AND model = ${model}`,
    sessionId === undefined ? null : Prisma.sql`AND session_id = ${sessionId}`,
    subagentId === undefined ? null : Prisma.sql`AND subagent_id = ${subagentId}`,
    ownerId === undefined ? null : Prisma.sql`AND tags.owner_id = ${ownerId}::uuid`,
    type === undefined ? null : Prisma.sql`AND tags.type = ${type}`,
    template === undefined ? null : Prisma.sql`AND tags.template = ${template}`,
  ].filter((condition) => condition !== null);
  return wanted.length === 0 ? Prisma.empty : Prisma.join(wanted, " ");
}
