import { recordChanges } from "#audit-store.ts";
import type { Actor } from "#domain/agent.ts";
import { RESERVATION_MODES, type ReservationMode } from "#domain/budget.ts";
import { isBudgetAction } from "#domain/budget-status.ts";
import type { AgentBudget, Prisma, PrismaClient } from "#generated/prisma/client.ts";
import { auditSubject, type BudgetScope, type BudgetSubject, subjectColumns } from "#limits/budget-subject.ts";
import { auditedTerms, type BudgetTerms } from "#limits/budget-terms.ts";

/** Limits as they are saved. `version` rises by one with each save. */
export type SavedBudget = {
  scope: BudgetScope;
  agentId: number | null;
  poolId: number | null;
  /** The agent takes the default limits; its own are kept for nothing but their version. */
  followsDefault: boolean;
  terms: BudgetTerms;
  version: number;
  updatedAt: Date;
  updatedBy: string;
};

/** What a budget is to say. `followsDefault`: the agent takes the default limits from now on. */
export type BudgetChange = { terms: BudgetTerms; followsDefault: boolean };

/** What to save: whose limits, the version of them that the person saw (0: none were saved), and what they are to say. */
export type BudgetTarget = { subject: BudgetSubject; seenVersion: number; change: BudgetChange };

/** What became of saving: `missing` are agents or pools that were removed, `stale` such as somebody else has changed. */
export type SaveOutcome = { outcome: "saved" } | { outcome: "missing" | "stale"; subjects: BudgetSubject[] };

export type BudgetStore = ReturnType<typeof createBudgetStore>;

/** The table of limits. Every change is written to the audit log in its own transaction. */
export function createBudgetStore(prisma: PrismaClient) {
  return {
    /** The limits of these agents, and those that are not of one agent: the default's, the fleet's, the pools'. */
    async load(agentIds: readonly number[]): Promise<SavedBudget[]> {
      const rows = await prisma.$queryRaw<SavedRow[]>`
        SELECT id, scope, agent_id AS "agentId", pool_id AS "poolId", follows_default AS "followsDefault",
          daily_limit_nano_usd AS "dailyLimitNanoUsd", monthly_limit_nano_usd AS "monthlyLimitNanoUsd",
          action_on_exceed AS "actionOnExceed", warning_thresholds AS "warningThresholds", time_zone AS "timeZone",
          reservation, hard_stop AS "hardStop", pause_on_runaway AS "pauseOnRunaway", version,
          updated_at AS "updatedAt", updated_by AS "updatedBy"
        FROM agent_budgets WHERE scope <> 'agent' OR agent_id = ANY (${[...agentIds]}::int[])`;
      return rows.map(toSaved);
    },

    /** The limits of all agents, pools, the fleet and the default. */
    loadAll: async (): Promise<SavedBudget[]> => (await prisma.agentBudget.findMany()).map(toSaved),

    /** Saves all of it or nothing. The number of queries does not grow with the targets. */
    async save(actor: Actor, targets: readonly BudgetTarget[]): Promise<SaveOutcome> {
      try {
        await prisma.$transaction((transaction) => saveAll(transaction, actor, targets));
        return { outcome: "saved" };
      } catch (error) {
        if (error instanceof NotSaved) return error.reason;
        throw error;
      }
    },
  };
}

/** Ends the transaction: nothing of it is kept. */
class NotSaved extends Error {
  readonly reason: Exclude<SaveOutcome, { outcome: "saved" }>;

  constructor(outcome: "missing" | "stale", subjects: BudgetSubject[]) {
    super(outcome);
    this.reason = { outcome, subjects };
  }
}

async function saveAll(transaction: Prisma.TransactionClient, actor: Actor, targets: readonly BudgetTarget[]) {
  const missing = await lockSubjects(transaction, targets);
  if (missing.length > 0) throw new NotSaved("missing", missing);
  const before = (await transaction.agentBudget.findMany({ where: whereOf(targets) })).map(toSaved);
  const written = await writeVersions(transaction, actor, targets);
  const stale = targets.map(({ subject }) => subject).filter((subject) => !written.has(subjectKey(subject)));
  if (stale.length > 0) throw new NotSaved("stale", stale);
  await recordChanges(transaction, actor, auditEntries(targets, before));
}

/** Holds the agents and pools until the transaction ends. Answers with those that are not there any more. */
async function lockSubjects(transaction: Prisma.TransactionClient, targets: readonly BudgetTarget[]) {
  const idsOf = (scope: BudgetScope) =>
    targets.flatMap(({ subject }) => (subject.scope === scope && "id" in subject ? [subject.id] : []));
  const [agentIds, poolIds] = [idsOf("agent"), idsOf("pool")];
  const agents = await transaction.$queryRaw<{ id: number }[]>`
    SELECT id FROM agent_ownership WHERE id = ANY (${agentIds}::int[]) AND removed_at IS NULL ORDER BY id FOR SHARE`;
  const pools = await transaction.$queryRaw<{ id: number }[]>`
    SELECT id FROM budget_pools WHERE id = ANY (${poolIds}::int[]) AND removed_at IS NULL ORDER BY id FOR SHARE`;
  const found = { agent: new Set(agents.map(({ id }) => id)), pool: new Set(pools.map(({ id }) => id)) };
  return targets
    .map(({ subject }) => subject)
    .filter((subject) => "id" in subject && !found[subject.scope].has(subject.id));
}

/** Writes what is still of the version that the person saw. Answers with the keys of whose limits were written. */
async function writeVersions(
  transaction: Prisma.TransactionClient,
  actor: Actor,
  targets: readonly BudgetTarget[],
): Promise<Set<string>> {
  const rows = await transaction.$queryRaw<{ scope: BudgetScope; agent_id: number | null; pool_id: number | null }[]>`
    WITH target AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(targets.map(toRow))}::jsonb) AS target (scope text, agent_id int,
        pool_id int, version int, daily bigint, monthly bigint, action text, thresholds int[], time_zone text,
        reservation text, hard_stop boolean, pause_on_runaway boolean, follows_default boolean)
    ), changed AS (
      UPDATE agent_budgets AS budget SET daily_limit_nano_usd = target.daily, monthly_limit_nano_usd = target.monthly,
        action_on_exceed = target.action, warning_thresholds = target.thresholds, time_zone = target.time_zone,
        reservation = target.reservation, hard_stop = target.hard_stop, pause_on_runaway = target.pause_on_runaway,
        follows_default = target.follows_default, updated_at = now(), updated_by = ${actor.name},
        version = budget.version + 1
      FROM target
      WHERE budget.scope = target.scope AND budget.agent_id IS NOT DISTINCT FROM target.agent_id
        AND budget.pool_id IS NOT DISTINCT FROM target.pool_id AND budget.version = target.version
      RETURNING budget.scope, budget.agent_id, budget.pool_id
    ), added AS (
      INSERT INTO agent_budgets (scope, agent_id, pool_id, daily_limit_nano_usd, monthly_limit_nano_usd, action_on_exceed,
        warning_thresholds, time_zone, reservation, hard_stop, pause_on_runaway, follows_default, updated_at, updated_by)
      SELECT scope, agent_id, pool_id, daily, monthly, action, thresholds, time_zone, reservation, hard_stop,
        pause_on_runaway, follows_default, now(), ${actor.name}
      FROM target WHERE version = 0
      ON CONFLICT DO NOTHING RETURNING scope, agent_id, pool_id
    )
    SELECT * FROM changed UNION ALL SELECT * FROM added`;
  return new Set(rows.map(({ scope, agent_id: agentId, pool_id: poolId }) => keyOf({ scope, agentId, poolId })));
}

function toRow({ subject, seenVersion, change: { terms, followsDefault } }: BudgetTarget) {
  const { agentId, poolId } = subjectColumns(subject);
  return {
    scope: subject.scope,
    agent_id: agentId,
    pool_id: poolId,
    version: seenVersion,
    daily: terms.limits.day?.toString() ?? null,
    monthly: terms.limits.month?.toString() ?? null,
    action: terms.actionOnExceed,
    thresholds: terms.warningThresholds,
    time_zone: terms.timeZone,
    reservation: terms.reservation,
    hard_stop: terms.hardStop,
    pause_on_runaway: terms.pauseOnRunaway,
    follows_default: followsDefault,
  };
}

function auditEntries(targets: readonly BudgetTarget[], before: readonly SavedBudget[]) {
  const known = new Map(before.map((budget) => [keyOf(budget), budget]));
  const audited = ({ terms, followsDefault }: BudgetChange) =>
    followsDefault ? { followsDefault } : auditedTerms(terms);
  return targets.map(({ subject, change }) => {
    const saved = known.get(subjectKey(subject));
    return {
      action: "budget.set",
      subject: auditSubject(subject),
      before: saved === undefined ? null : audited(saved),
      after: audited(change),
    };
  });
}

function whereOf(targets: readonly BudgetTarget[]): Prisma.AgentBudgetWhereInput {
  const columns = targets.map(({ subject }) => ({ scope: subject.scope, ...subjectColumns(subject) }));
  const agentIds = columns.flatMap(({ agentId }) => (agentId === null ? [] : [agentId]));
  return { OR: [{ agentId: { in: agentIds } }, ...columns.filter(({ agentId }) => agentId === null)] };
}

type BudgetColumns = { scope: BudgetScope; agentId: number | null; poolId: number | null };

/** Names one row of limits: scope and whose. */
function keyOf({ scope, agentId, poolId }: BudgetColumns): string {
  return `${scope} ${agentId ?? poolId ?? ""}`;
}

function subjectKey(subject: BudgetSubject): string {
  return keyOf({ scope: subject.scope, ...subjectColumns(subject) });
}

const SCOPES: readonly BudgetScope[] = ["agent", "pool", "fleet", "default"];

type SavedRow = Omit<AgentBudget, "createdAt">;

function toSaved(row: SavedRow): SavedBudget {
  const { agentId, poolId, followsDefault, actionOnExceed, version, updatedAt, updatedBy } = row;
  const scope = SCOPES.find((known) => known === row.scope);
  const reservation = RESERVATION_MODES.find((mode: ReservationMode) => mode === row.reservation);
  if (scope === undefined || reservation === undefined || !isBudgetAction(actionOnExceed)) {
    throw new Error(`Limits ${row.id} cannot be read: ${row.scope}, ${row.reservation}, ${actionOnExceed}.`);
  }
  const { warningThresholds, timeZone, hardStop, pauseOnRunaway } = row;
  const limits = { day: row.dailyLimitNanoUsd, month: row.monthlyLimitNanoUsd };
  const terms = { limits, actionOnExceed, warningThresholds, timeZone, reservation, hardStop, pauseOnRunaway };
  return { scope, agentId, poolId, followsDefault, terms, version, updatedAt, updatedBy };
}
