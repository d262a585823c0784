import { spanOf } from "#domain/call-query.ts";
import { DomainError } from "#domain/errors.ts";
import { lastDays } from "#domain/period.ts";
import type { SessionQuery } from "#domain/session-query.ts";
import { type PromptNode, toSessionTree } from "#domain/session-tree.ts";
import type { AgentScope } from "#ledger/call-search.ts";
import { toSessionCursor, toSessionPlace } from "#ledger/session-place.ts";
import type { SessionRow, SessionStore } from "#ledger/session-store.ts";

export type { SessionRow } from "#ledger/session-store.ts";

export type SessionListPage = { sessions: SessionRow[]; nextCursor: string | null; asOf: Date };

/** A session with what happened in it. */
export type SessionDetail = {
  session: SessionRow;
  prompts: PromptNode[];
  /** Calls of the session that are in no prompt: they are not kept any more, or the session has too many parts to show. */
  untold: number;
};

const DEAREST = 10;

export type Sessions = ReturnType<typeof createSessions>;

/** The sessions of Claude Code. The caller has made sure that the person may see the agents of a scope. */
export function createSessions(store: SessionStore, clock: () => Date) {
  return {
    /**
     * At most `limit` sessions that called in the view's span, each with the sums of its whole life.
     * @throws DomainError invalid_input for a cursor that was not given for this order
     */
    async page(
      scope: AgentScope,
      { span, sort }: SessionQuery,
      { limit, cursor }: { limit: number; cursor: string | null },
    ): Promise<SessionListPage> {
      const asOf = clock();
      const after = cursor === null ? null : toSessionPlace(sort, cursor);
      if (scope?.length === 0) return { sessions: [], nextCursor: null, asOf };
      const since = spanOf(span, asOf).start;
      const rows = await store.page({ agentIds: scope, since, sort, after, limit: limit + 1 });
      const shown = rows.slice(0, limit);
      const last = rows.length > limit ? shown.at(-1) : undefined;
      const nextCursor = last === undefined ? null : toSessionCursor(sort, last.place);
      return { sessions: shown.map(({ place: _, ...session }) => session), nextCursor, asOf };
    },

    /**
     * One session with its prompts and subagents.
     * @throws DomainError not_found when there is none, and equally when it is not in the scope
     */
    async one(scope: AgentScope, agentId: number, sessionId: string): Promise<SessionDetail> {
      const isSeen = scope === null || scope.includes(agentId);
      const session = isSeen ? await store.one(agentId, sessionId) : null;
      if (session === null) throw new DomainError("not_found", "There is no such session.");
      const [parts, turns] = await Promise.all([store.parts(agentId, sessionId), store.turns(agentId, sessionId)]);
      const told = parts.reduce((sum, { requests }) => sum + requests, 0);
      // A call may have landed between the two questions.
      return {
        session,
        prompts: toSessionTree(parts, turns),
        untold: Math.max(0, session.requests - told),
      };
    },

    /** The dearest sessions and subagents of an agent, among those that called in the last `days` UTC days. */
    async dearest(agentId: number, days: number) {
      const since = lastDays(days, clock()).start;
      const page = { agentIds: [agentId], since, sort: "dearest" as const, after: null, limit: DEAREST };
      const [sessions, { dearest, ...all }] = await Promise.all([
        store.page(page),
        store.subagents(agentId, since, DEAREST),
      ]);
      return {
        ...all,
        dearestSessions: sessions.map(({ place: _, ...session }) => session),
        dearestSubagents: dearest,
      };
    },
  };
}
