import { createHash, randomBytes } from "node:crypto";

import type pg from "pg";
import { v7 as uuid } from "uuid";

import { createVirtualKey } from "#agents/agent-token.ts";
import { type NanoUsd, parseUsd } from "#domain/money.ts";
import type { SettledCall } from "#ledger/call-record.ts";
import { createLedgerWriter } from "#ledger/ledger-writer.ts";

type FleetAgent = {
  name: string;
  type: string | null;
  /** Cost of a usual day and of today, in dollars. */
  perDay: string;
  today: string;
  callsPerDay: number;
  days: number;
  model: string;
  limits?: { day?: string; month?: string; action: "block" | "warn" | "none" };
};

/** One agent for every state that a page has to show. */
export const FLEET: readonly FleetAgent[] = [
  {
    name: "builder",
    type: "coding",
    perDay: "6.40",
    today: "2.47",
    callsPerDay: 60,
    days: 30,
    model: "claude-opus-4-8",
    limits: { day: "10", month: "300", action: "block" },
  },
  {
    name: "reviewer",
    type: "review",
    perDay: "3.10",
    today: "8.24",
    callsPerDay: 90,
    days: 30,
    model: "claude-sonnet-4-6",
    limits: { day: "10", month: "200", action: "block" },
  },
  {
    name: "support-triage",
    type: "support",
    perDay: "0.42",
    today: "10.02",
    callsPerDay: 140,
    days: 12,
    model: "claude-haiku-4-5",
    limits: { day: "10", action: "block" },
  },
  {
    name: "nightly-docs",
    type: "docs",
    perDay: "1.20",
    today: "5.60",
    callsPerDay: 25,
    days: 30,
    model: "claude-sonnet-4-6",
    limits: { day: "5", month: "60", action: "warn" },
  },
  {
    name: "experiments",
    type: null,
    perDay: "0.003",
    today: "0.0041",
    callsPerDay: 3,
    days: 5,
    model: "claude-haiku-4-5",
  },
];

/** An agent that has never called. */
export const QUIET_AGENT = "new-arrival";

const DAY_MS = 86_400_000;
const BATCH = 500;

/**
 * Fills a database with a fleet whose figures are known: `ownerOf` says who owns which agent. Everything passes
 * through the ledger's own writer, so that rollups and totals are as the gateway would have made them.
 */
export async function seedFleet(
  pool: pg.Pool,
  now: Date,
  ownerOf: (agentName: string) => string | null,
): Promise<void> {
  const writer = createLedgerWriter(pool, { budgetsOf: () => [], spentOf: () => null });
  for (const agent of FLEET) {
    const id = await insertAgent(pool, {
      ...agent,
      ownerId: ownerOf(agent.name),
      createdAt: new Date(now.getTime() - agent.days * DAY_MS),
    });
    if (agent.limits) await insertBudget(pool, id, agent.limits);
    const calls = planCalls(agent, id, now);
    for (let from = 0; from < calls.length; from += BATCH) await writer.record(calls.slice(from, from + BATCH));
  }
  await insertAgent(pool, { name: QUIET_AGENT, type: null, ownerId: ownerOf(QUIET_AGENT), createdAt: now });
}

type NewAgent = { name: string; type: string | null; ownerId: string | null; createdAt: Date };

async function insertAgent(pool: pg.Pool, { name, type, ownerId, createdAt }: NewAgent): Promise<number> {
  const { hash, hint } = createVirtualKey();
  const { rows } = await pool.query<{ id: number }>(
    `INSERT INTO agent_ownership (agent_name, type, owner_id, key_hash, key_hint, created_at, key_rotated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $6) RETURNING id`,
    [name, type, ownerId, hash, hint, createdAt],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`${name} was not inserted`);
  return row.id;
}

async function insertBudget(pool: pg.Pool, agentId: number, limits: NonNullable<FleetAgent["limits"]>): Promise<void> {
  await pool.query(
    `INSERT INTO agent_budgets (agent_id, daily_limit_nano_usd, monthly_limit_nano_usd, action_on_exceed, updated_by)
     VALUES ($1, $2, $3, $4, 'Ada Lovelace')`,
    [agentId, limits.day ? usd(limits.day) : null, limits.month ? usd(limits.month) : null, limits.action],
  );
}

function usd(text: string): NanoUsd {
  const amount = parseUsd(text);
  if (amount === null) throw new Error(`${text} is no amount`);
  return amount;
}

function planCalls(agent: FleetAgent, agentId: number, now: Date): SettledCall[] {
  const today = new Date(now);
  today.setUTCHours(0, 0, 0, 0);
  return Array.from({ length: agent.days }, (_, daysAgo) => {
    const dayStart = new Date(today.getTime() - daysAgo * DAY_MS);
    const span = daysAgo === 0 ? now.getTime() - dayStart.getTime() : DAY_MS;
    // A slow wave, so that no two days look alike; today is exact.
    const wave = daysAgo === 0 ? usd(agent.today) : (usd(agent.perDay) * BigInt(60 + ((daysAgo * 37) % 80))) / 100n;
    return planDay(agent, { agentId, dayStart, span, cost: wave });
  }).flat();
}

type Day = { agentId: number; dayStart: Date; span: number; cost: NanoUsd };

function planDay(agent: FleetAgent, { agentId, dayStart, span, cost }: Day): SettledCall[] {
  const count = agent.callsPerDay;
  const each = cost / BigInt(count);
  return Array.from({ length: count }, (_, index) => {
    const admittedAt = new Date(dayStart.getTime() + Math.floor((span * (index + 0.5)) / count));
    const rest = index === 0 ? cost - each * BigInt(count) : 0n;
    return { ...someCall(agent, index), id: uuid(), agentId, admittedAt, listCost: each + rest };
  });
}

function someCall(agent: FleetAgent, index: number): Omit<SettledCall, "id" | "agentId" | "admittedAt" | "listCost"> {
  const isEstimated = index % 23 === 11;
  const isUnknownModel = index % 29 === 7;
  const session = createHash("sha256")
    .update(`${agent.name} ${Math.floor(index / 12)}`)
    .digest("hex");
  return {
    model: isUnknownModel ? "claude-sonnet-9-preview" : agent.model,
    requestedModel: isUnknownModel ? "claude-sonnet-9-preview" : agent.model,
    sessionId: `${session.slice(0, 8)}-${session.slice(8, 12)}-4${session.slice(13, 16)}-8${session.slice(17, 20)}-${session.slice(20, 32)}`,
    subagentId: index % 7 === 3 ? session.slice(0, 12) : null,
    promptId: null,
    upstreamRequestId: `req_${randomBytes(8).toString("hex")}`,
    errorType: null,
    outcome: isEstimated ? "incomplete" : "completed",
    pricedAs: isUnknownModel ? "family" : "list",
    inputTokens: 12 + (index % 9) * 40,
    outputTokens: isEstimated ? null : 180 + (index % 13) * 60,
    cacheReadInputTokens: 14_000 + (index % 17) * 1_900,
    cacheCreation5mInputTokens: (index % 5) * 900,
    cacheCreation1hInputTokens: index % 11 === 0 ? 12_000 : 0,
    webSearchRequests: 0,
    latencyMs: 2_400 + (index % 19) * 640,
    firstByteMs: 380 + (index % 7) * 45,
    overheadUs: 240,
    status: 200,
    isStreamed: true,
    isEstimated,
    helicone: null,
  };
}
