import { type CallQuery, spanOf } from "#domain/call-query.ts";
import { explainCost } from "#domain/cost-explanation.ts";
import { type CountedCall, createDayUses } from "#domain/day-uses.ts";
import { DomainError } from "#domain/errors.ts";
import type { DayUse } from "#domain/focus.ts";
import type { PriceList } from "#domain/price-list.ts";
import { type CallPlace, toCursor, toPlace } from "#ledger/call-place.ts";
import type { CallSearchStore } from "#ledger/call-search-store.ts";
import type { CallSet } from "#ledger/call-source-store.ts";
import { type RequestRow, toRequestRow, toUuid } from "#ledger/request-list.ts";

/** Which agents' calls may be seen; null: those of all, also of agents that are gone. */
export type AgentScope = readonly number[] | null;

export type CallSearchPage = {
  calls: RequestRow[];
  nextCursor: string | null;
  /** The instant of the answer: what ended later is not in it. */
  asOf: Date;
};

/** All that is known of one call. */
export type CallDetail = RequestRow & {
  upstreamRequestId: string | null;
  promptId: string | null;
  /** Microseconds that the gateway added before the call went out; null: nobody measured it. */
  overheadUs: number | null;
  cost: ReturnType<typeof explainCost>;
};

const NEWER_MAX = 100;
const MODEL_SPAN = "90d";

const READ_AT_ONCE = 500;

type FoundCall = Awaited<ReturnType<CallSearchStore["page"]>>[number];

export type CallSearch = ReturnType<typeof createCallSearch>;

/** Finds calls among those of many agents. The caller has made sure that the person may see these agents. */
export function createCallSearch(store: CallSearchStore, prices: () => Promise<PriceList>, clock: () => Date) {
  const setOf = (scope: AgentScope, { span, filter }: CallQuery): CallSet => ({
    agentIds: scope,
    span: spanOf(span, clock()),
    filter,
  });
  return {
    /**
     * At most `limit` calls in the order asked for. `nextCursor` continues after the last of them, each call once, whatever
     * arrives meanwhile; it is null at the end.
     * @throws DomainError invalid_input for a cursor that was not given for this order
     */
    async page(
      scope: AgentScope,
      query: CallQuery,
      page: { limit: number; cursor: string | null },
    ): Promise<CallSearchPage> {
      const asOf = clock();
      const after = page.cursor === null ? null : toPlace(query.sort, page.cursor);
      const set = setOf(scope, query);
      const rows = await store.page({ ...set, sort: query.sort, after, limit: page.limit + 1 });
      const shown = rows.slice(0, page.limit);
      const last = rows.length > page.limit ? shown.at(-1) : undefined;
      const nextCursor = last === undefined ? null : toCursor(query.sort, last.place);
      return { calls: shown.map(toRequestRow), nextCursor, asOf };
    },

    /**
     * What the calls of the view cost, by UTC day, agent (as it was then) and model, the newest day first. Read page by page, whatever
     * the view's order is.
     */
    async *dayUses(scope: AgentScope, query: CallQuery): AsyncGenerator<DayUse[]> {
      const set = setOf(scope, query);
      const uses = createDayUses();
      let after: CallPlace | null = null;
      do {
        const rows: FoundCall[] = await store.page({ ...set, sort: "newest", after, limit: READ_AT_ONCE });
        after = rows.length < READ_AT_ONCE ? null : (rows.at(-1)?.place ?? null);
        yield uses.add(rows.map(toCounted));
      } while (after !== null);
      yield uses.rest();
    },

    /** How many calls of the view have ended since `asOf`; `isMore`: at least so many. */
    async newer(scope: AgentScope, query: CallQuery, asOf: Date): Promise<{ count: number; isMore: boolean }> {
      if (scope?.length === 0) return { count: 0, isMore: false };
      const count = await store.endedSince(setOf(scope, query), { asOf, max: NEWER_MAX });
      return { count, isMore: count === NEWER_MAX };
    },

    /**
     * One call with how its cost comes about.
     * @throws DomainError invalid_input for what is no id; not_found when there is none, and equally when it is not in the scope
     */
    async one(scope: AgentScope, requestId: string): Promise<CallDetail> {
      const row = await store.one(toUuid(requestId), scope);
      if (row === null) throw new DomainError("not_found", "There is no such call.");
      const call = toRequestRow(row);
      const cost = explainCost({ prices: await prices(), call });
      const { upstreamRequestId, promptId, overheadUs } = row;
      return { ...call, upstreamRequestId, promptId, overheadUs, cost };
    },

    /** The models that were called in the last 90 days, the most used first. */
    models: (scope: AgentScope): Promise<string[]> => store.models(scope, spanOf(MODEL_SPAN, clock())),
  };
}

function toCounted(row: FoundCall): CountedCall {
  const { admittedAt, model, outcome, listCost, usage } = toRequestRow(row);
  return { admittedAt, model, outcome, listCost, usage, agent: { agentId: row.agentId, ...row.tags } };
}
