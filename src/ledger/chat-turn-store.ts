import { Prisma, type PrismaClient } from "#generated/prisma/client.ts";

/** A turn that somebody asked of an agent, when it began. */
export type NewChatTurn = {
  id: string;
  agentId: number;
  userId: string;
  /** Null: asked on the portal's page. */
  apiKeyId: string | null;
  startedAt: Date;
};

/**
 * How a turn ended. `status` is what the caller was answered; `errorCode` is null for an answer. `workedFrom`: when the
 * agent began to work on it, which may be long after it was asked; null where it did not say.
 */
export type ChatTurnEnd = {
  finishedAt: Date;
  status: number;
  errorCode: string | null;
  sessionId: string | null;
  workedFrom: Date | null;
};

/**
 * A turn with its cost (nano-USD) by the ledger. What is not known is null: the status of a turn that never ended, and the cost of one
 * that was answered before the oldest call that is still kept.
 */
export type ChatTurn = {
  id: string;
  askedBy: string | null;
  isByApiKey: boolean;
  startedAt: Date;
  finishedAt: Date | null;
  status: number | null;
  errorCode: string | null;
  listCost: bigint | null;
  calls: number;
  isEstimated: boolean;
};

export type ChatTurnStore = ReturnType<typeof createChatTurnStore>;

/** The turns asked through the portal. They hold who and when, never what was said. */
export function createChatTurnStore(prisma: PrismaClient) {
  return {
    async insert(turn: NewChatTurn): Promise<void> {
      await prisma.chatTurn.create({ data: turn });
    },

    async end(id: string, end: ChatTurnEnd): Promise<void> {
      await prisma.chatTurn.update({ where: { id }, data: end });
    },

    /** Ends turns that a portal which is gone has left open: nobody waits for them any more. */
    async endAbandoned(at: Date): Promise<void> {
      const end = { finishedAt: at, errorCode: "portal_stopped" };
      await prisma.chatTurn.updateMany({ where: { finishedAt: null, startedAt: { lt: at } }, data: end });
    },

    /**
     * The agent's latest turns, the newest first. An agent answers one turn at a time, so the calls of a turn are
     * those of its session admitted from when the agent began to work on it until it began to work on the next. Where it
     * did not say when, a turn begins once those before it have ended: while they have not, it has no calls.
     */
    async latest(agentId: number, limit: number): Promise<ChatTurn[]> {
      const rows = await prisma.$queryRaw<TurnRow[]>(Prisma.sql`
        WITH turns AS (
          SELECT *, coalesce(worked_from, greatest(started_at, max(finished_at) OVER before)) AS own_from,
            worked_from IS NULL AND coalesce(bool_or(finished_at IS NULL) OVER before, false) AS waits,
            min(worked_from) OVER (
              ORDER BY started_at, id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS next_from
          FROM (SELECT * FROM chat_turns WHERE agent_id = ${agentId} ORDER BY started_at DESC, id DESC
                LIMIT ${limit + 1}) AS latest
          WINDOW before AS (ORDER BY started_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
        )
        SELECT turns.id, users.name, turns.api_key_id, turns.started_at, turns.finished_at, turns.status,
          turns.error_code, coalesce(calls.count, 0)::int AS calls,
          CASE WHEN calls.cost IS NOT NULL OR turns.status IS DISTINCT FROM 200 OR NOT coalesce(
            turns.finished_at < (SELECT min(admitted_at) FROM llm_requests), false)
            THEN coalesce(calls.cost, 0)::bigint END AS cost,
          coalesce(calls.estimated, false) AS estimated
        FROM turns LEFT JOIN users ON users.id = turns.user_id
        LEFT JOIN LATERAL (
          SELECT sum(cost_nano_usd) AS cost, count(*) AS count, bool_or(is_estimated) AS estimated FROM llm_requests
          WHERE llm_requests.agent_id = ${agentId} AND outcome <> 'refused' AND admitted_at >= turns.own_from
            AND admitted_at <= coalesce(turns.finished_at, now()) AND NOT turns.waits
            AND (turns.next_from IS NULL OR admitted_at < turns.next_from)
            AND (turns.session_id IS NULL OR llm_requests.session_id IS NULL
                 OR llm_requests.session_id = turns.session_id)
        ) AS calls ON true
        ORDER BY turns.started_at DESC, turns.id DESC LIMIT ${limit}`);
      return rows.map(toTurn);
    },
  };
}

type TurnRow = {
  id: string;
  name: string | null;
  api_key_id: string | null;
  started_at: Date;
  finished_at: Date | null;
  status: number | null;
  error_code: string | null;
  cost: bigint | null;
  calls: number;
  estimated: boolean;
};

function toTurn(row: TurnRow): ChatTurn {
  return {
    id: row.id,
    askedBy: row.name,
    isByApiKey: row.api_key_id !== null,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    status: row.status,
    errorCode: row.error_code,
    listCost: row.cost,
    calls: row.calls,
    isEstimated: row.estimated,
  };
}
