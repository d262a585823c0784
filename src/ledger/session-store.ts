import type { SessionSort } from "#domain/session-query.ts";
import type { SessionPart, SessionSums, SessionTurn } from "#domain/session-tree.ts";
import { Prisma, type PrismaClient } from "#generated/prisma/client.ts";
import { toTimestamp } from "#ledger/call-place.ts";
import type { SessionPlace } from "#ledger/session-place.ts";

/** Which sessions: `agentIds` null are those of all agents, whoever removed them since. */
export type SessionPage = {
  agentIds: readonly number[] | null;
  since: Date;
  sort: SessionSort;
  after: SessionPlace | null;
  limit: number;
};

/** A session as a whole. `agentName` is what its agent was called at the last call. */
export type SessionRow = SessionSums & {
  agentId: number;
  agentName: string;
  sessionId: string;
  lastCallAt: Date;
  subagents: number;
};
export type SubagentRow = SessionSums & { sessionId: string; subagentId: string };

/** No session is shown in more parts than these. */
const PARTS_MAX = 2_000;
const TURNS_MAX = 2_000;

export type SessionStore = ReturnType<typeof createSessionStore>;

/** Reads the sums by session that the ledger writer keeps, and the calls of a single session. */
export function createSessionStore(prisma: PrismaClient) {
  return {
    /** At most `limit` sessions that called since an instant, in order, with where each stands. */
    async page({
      agentIds,
      since,
      sort,
      after,
      limit,
    }: SessionPage): Promise<(SessionRow & { place: SessionPlace })[]> {
      const among = agentIds === null ? Prisma.empty : Prisma.sql`AND agent_id = ANY(${[...agentIds]}::int[])`;
      const rows = await prisma.$queryRaw<(NamedRow & { key: bigint })[]>`${named(Prisma.sql`
        SELECT *, ${KEYS[sort]} AS key FROM session_sums
        WHERE subagent_id = '' AND last_call_at >= ${since} AND last_hour > ${since}::timestamptz - interval '1 hour' ${among}
          ${after === null ? Prisma.empty : afterPlace(sort, after)}
        ORDER BY ${ORDERS[sort]} LIMIT ${limit}`)} ORDER BY key DESC, "agentId" DESC, "sessionId" DESC`;
      return rows.map((row) => {
        const session = toSession(row);
        return { ...session, place: { key: row.key, agentId: session.agentId, sessionId: session.sessionId } };
      });
    },

    /** One session; null when there is none. */
    async one(agentId: number, sessionId: string): Promise<SessionRow | null> {
      const [row] = await prisma.$queryRaw<NamedRow[]>`${named(Prisma.sql`
        SELECT * FROM session_sums WHERE agent_id = ${agentId} AND session_id = ${sessionId} AND subagent_id = ''`)}`;
      return row === undefined ? null : toSession(row);
    },

    /** The calls of a session by prompt and subagent, as far as they are kept; the earliest `PARTS_MAX` parts. */
    async parts(agentId: number, sessionId: string): Promise<SessionPart[]> {
      const rows = await prisma.$queryRaw<(SumsRow & { promptId: string | null; subagentId: string | null })[]>`
        SELECT prompt_id AS "promptId", subagent_id AS "subagentId", min(admitted_at) AS "firstCallAt",
          max(admitted_at + coalesce(latency_ms, 0) * interval '1 millisecond') AS "endedAt", count(*) AS requests,
          count(*) FILTER (WHERE outcome = 'failed') AS failed, count(*) FILTER (WHERE outcome = 'refused') AS refused,
          count(*) FILTER (WHERE is_estimated) AS estimated, sum(cost_nano_usd)::bigint AS "listCost",
          sum(call_tokens(input_tokens, NULL, cache_read_input_tokens, cache_creation_5m_input_tokens,
            cache_creation_1h_input_tokens))::bigint AS "tokensIn", sum(output_tokens)::bigint AS "tokensOut",
          (array_agg(DISTINCT model))[1:16] AS models
        FROM llm_requests WHERE session_id = ${sessionId} AND agent_id = ${agentId}
        GROUP BY 1, 2 ORDER BY 3 LIMIT ${PARTS_MAX}`;
      return rows.map(({ promptId, subagentId, ...row }) => ({ promptId, subagentId, ...toSums(row) }));
    },

    /** The messages of a session that people sent through the portal. */
    async turns(agentId: number, sessionId: string): Promise<SessionTurn[]> {
      return prisma.$queryRaw<SessionTurn[]>`
        SELECT chat_turns.id, users.name AS "askedBy", coalesce(worked_from, started_at) AS "workedFrom",
          finished_at AS "finishedAt"
        FROM chat_turns LEFT JOIN users ON users.id = user_id
        WHERE agent_id = ${agentId} AND session_id = ${sessionId}
        ORDER BY started_at DESC LIMIT ${TURNS_MAX}`;
    },

    /** The dearest subagents of an agent's sessions that called since an instant, and what all of them came to. */
    async subagents(agentId: number, since: Date, limit: number) {
      const own = Prisma.sql`agent_id = ${agentId} AND last_call_at >= ${since}`;
      const [rows, [all]] = await Promise.all([
        prisma.$queryRaw<(SumsRow & { sessionId: string; subagentId: string })[]>`
          SELECT session_id AS "sessionId", subagent_id AS "subagentId", ${SUMS} FROM session_sums
          WHERE ${own} AND subagent_id <> '' ORDER BY cost_nano_usd DESC, session_id, subagent_id LIMIT ${limit}`,
        prisma.$queryRaw<{ sessions: bigint; sessionCost: bigint; subagents: bigint; subagentCost: bigint }[]>`
          SELECT count(*) FILTER (WHERE subagent_id = '') AS sessions,
            coalesce(sum(cost_nano_usd) FILTER (WHERE subagent_id = ''), 0)::bigint AS "sessionCost",
            count(*) FILTER (WHERE subagent_id <> '') AS subagents,
            coalesce(sum(cost_nano_usd) FILTER (WHERE subagent_id <> ''), 0)::bigint AS "subagentCost"
          FROM session_sums WHERE ${own}`,
      ]);
      return {
        dearest: rows.map(
          ({ sessionId, subagentId, ...row }): SubagentRow => ({ sessionId, subagentId, ...toSums(row) }),
        ),
        sessions: Number(all?.sessions ?? 0n),
        sessionCost: all?.sessionCost ?? 0n,
        subagents: Number(all?.subagents ?? 0n),
        subagentCost: all?.subagentCost ?? 0n,
      };
    },
  };
}

const KEYS: Record<SessionSort, Prisma.Sql> = {
  latest: Prisma.sql`(extract(epoch FROM last_call_at) * 1000000)::bigint`,
  dearest: Prisma.sql`cost_nano_usd`,
};

/** Each begins with what its index has; what is exact is sorted among the few that are alike in that. */
const ORDERS: Record<SessionSort, Prisma.Sql> = {
  latest: Prisma.sql`last_hour DESC, last_call_at DESC, agent_id DESC, session_id DESC`,
  dearest: Prisma.sql`cost_step DESC, cost_nano_usd DESC, agent_id DESC, session_id DESC`,
};

function afterPlace(sort: SessionSort, { key, agentId, sessionId }: SessionPlace): Prisma.Sql {
  if (sort === "dearest") {
    return Prisma.sql`AND cost_step <= session_cost_step(${key}::bigint)
      AND (cost_nano_usd, agent_id, session_id) < (${key}::bigint, ${agentId}::int, ${sessionId})`;
  }
  const at = Prisma.sql`${toTimestamp(key)}::timestamptz`;
  return Prisma.sql`AND last_hour <= ${at} AND (last_call_at, agent_id, session_id) < (${at}, ${agentId}::int, ${sessionId})`;
}

const SUMS = Prisma.sql`first_call_at AS "firstCallAt", ended_at AS "endedAt", requests, failed, refused, estimated,
  cost_nano_usd AS "listCost", input_tokens + cache_read_input_tokens + cache_creation_5m_input_tokens
    + cache_creation_1h_input_tokens AS "tokensIn", output_tokens AS "tokensOut", models`;

/** Adds to a few sessions what their agents were called, and how many subagents each had. */
function named(sessions: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    SELECT sessions.*, agent_id AS "agentId", session_id AS "sessionId", last_call_at AS "lastCallAt", ${SUMS},
      coalesce(tags.agent_name, agent_ownership.agent_name) AS "agentName",
      (SELECT count(*) FROM session_sums AS parts WHERE parts.agent_id = sessions.agent_id
        AND parts.session_id = sessions.session_id AND parts.subagent_id <> '') AS subagents
    FROM (${sessions}) AS sessions JOIN agent_ownership ON agent_ownership.id = agent_id
    LEFT JOIN LATERAL (SELECT agent_name FROM agent_tags WHERE agent_tags.agent_id = sessions.agent_id
      AND valid_from <= last_call_at ORDER BY valid_from DESC LIMIT 1) AS tags ON true`;
}

type SumsRow = {
  firstCallAt: Date;
  endedAt: Date;
  requests: bigint;
  failed: bigint;
  refused: bigint;
  estimated: bigint;
  listCost: bigint;
  tokensIn: bigint | null;
  tokensOut: bigint | null;
  models: string[];
};
type NamedRow = SumsRow & {
  agentId: number;
  agentName: string;
  sessionId: string;
  lastCallAt: Date;
  subagents: bigint;
};

function toSession(row: NamedRow): SessionRow {
  const { agentId, agentName, sessionId, lastCallAt, subagents } = row;
  return { agentId, agentName, sessionId, lastCallAt, subagents: Number(subagents), ...toSums(row) };
}

function toSums(row: SumsRow): SessionSums {
  return {
    firstCallAt: row.firstCallAt,
    endedAt: row.endedAt,
    requests: Number(row.requests),
    failed: Number(row.failed),
    refused: Number(row.refused),
    estimated: Number(row.estimated),
    listCost: row.listCost,
    tokensIn: row.tokensIn === null ? null : Number(row.tokensIn),
    tokensOut: row.tokensOut === null ? null : Number(row.tokensOut),
    models: row.models,
  };
}
