import { randomUUID } from "node:crypto";

import { encode } from "next-auth/jwt";
import type pg from "pg";

import type { AgentRecord } from "#agents/agents.ts";
import type { AgentRuntime } from "#agents/runtime.ts";
import { readConfig } from "#config.ts";
import { createPool } from "#db.ts";
import type { Actor } from "#domain/agent.ts";
import type { SettledCall } from "#ledger/call-record.ts";
import { createLedgerWriter } from "#ledger/ledger-writer.ts";
import { createPlatform, type Platform } from "#platform.ts";
import type { PortalContext } from "#portal/api/context.ts";
import { sessionCookieName } from "#portal/auth/session.ts";
import { createTestDatabase } from "#testing/database.ts";
import { INTERNAL_TOKEN, type TestGateway } from "#testing/gateway.ts";

export const PORTAL_URL = "http://localhost:3000";
export const TEST_PASSWORD = "four calm otters read";

/** A person with an account, and what their browser and their calls carry. */
export type TestPerson = { actor: Actor; email: string; context: PortalContext; cookie: string };

export type TestPortal = {
  platform: Platform;
  pool: pg.Pool;
  /** The instant that the services take for now; assign to move it. */
  time: { now: Date };
  addPerson(name: string, role?: Actor["role"]): Promise<TestPerson>;
  addAgent(name: string, owner?: TestPerson): Promise<AgentRecord>;
  /** Puts calls into the ledger as the gateway does; `agentId` and what a test cares about are enough. */
  record(...calls: (Pick<SettledCall, "agentId"> & Partial<SettledCall>)[]): Promise<void>;
  /** The audit log, oldest first. */
  audit(): Promise<AuditRow[]>;
  close(): Promise<void>;
};

export type AuditRow = { actor_name: string; action: string; subject: string; before: unknown; after: unknown };

const SESSION_SECRET = "a-session-secret-that-only-tests-use";
/** Made once, because making one is slow on purpose: the hash of TEST_PASSWORD. */
const PASSWORD_HASH =
  "$argon2id$v=19$m=19456,t=2,p=1$BcZCrw/CcDeQEWehpqvqxQ$/WY5SSI3i28NqUKfBFovkkEttmu807L22PYEOxt0Tnw";

export type TestPortalOptions = {
  /** Absent: a database of its own, and no gateway. */
  gateway?: Pick<TestGateway, "databaseUrl" | "internalUrl" | "url">;
  runtimes?: readonly AgentRuntime[];
  /** Absent: `time.now`. */
  clock?: () => Date;
  settings?: Record<string, string>;
};

/** The portal's services. `getPlatform()` gives the same ones. */
export async function createTestPortal(
  now = new Date("2026-03-15T12:00:00.000Z"),
  options: TestPortalOptions = {},
): Promise<TestPortal> {
  const { gateway, runtimes = [] } = options;
  const database =
    gateway === undefined
      ? await createTestDatabase()
      : { databaseUrl: gateway.databaseUrl, drop: async () => undefined };
  const time = { now };
  const settings = {
    DATABASE_URL: database.databaseUrl,
    NEXTAUTH_SECRET: SESSION_SECRET,
    LOG_LEVEL: "error",
    ...(gateway === undefined
      ? {}
      : {
          GATEWAY_URL: gateway.url,
          GATEWAY_INTERNAL_URL: gateway.internalUrl,
          GATEWAY_INTERNAL_TOKEN: INTERNAL_TOKEN,
        }),
    ...options.settings,
  };
  const config = readConfig(settings as unknown as NodeJS.ProcessEnv); // all it reads
  const platform = createPlatform(config, { clock: options.clock ?? (() => time.now), runtimes });
  Object.assign(globalThis, { trinityPlatform: platform });
  const pool = createPool(database.databaseUrl, { max: 4, onError: () => undefined });
  const system: Actor = { userId: "", name: "the test", role: "admin" };

  return {
    platform,
    pool,
    time,
    addPerson: (name, role = "owner") => addPerson(platform, pool, { name, role }),
    async addAgent(name, owner) {
      await pool.query(
        "INSERT INTO agent_ownership (agent_name, owner_id, key_hash, key_hint) VALUES ($1, $2, sha256($3), 'hint')",
        [name, owner?.actor.userId ?? null, randomUUID()],
      );
      return platform.agents.find(system, name);
    },
    async record(...calls) {
      await createLedgerWriter(pool, { budgetsOf: () => [], spentOf: () => null }).record(
        calls.map((call) => ({ ...someCall(time.now), ...call })),
      );
    },
    audit: async () =>
      (await pool.query<AuditRow>("SELECT actor_name, action, subject, before, after FROM audit_log ORDER BY id")).rows,
    async close() {
      await platform.close();
      await pool.end();
      await database.drop();
    },
  };
}

async function addPerson(platform: Platform, pool: pg.Pool, { name, role }: Pick<Actor, "name" | "role">) {
  const actor: Actor = { userId: randomUUID(), name, role };
  const email = `${name.toLowerCase()}@example.com`;
  await pool.query("INSERT INTO users (id, email, name, role, password_hash) VALUES ($1, $2, $3, $4, $5)", [
    actor.userId,
    email,
    name,
    role,
    PASSWORD_HASH,
  ]);
  const claim = { userId: actor.userId, sessionVersion: 1 };
  const context = { platform, session: { actor, claim, expiresAt: new Date("2100-01-01") } };
  return { actor, email, context, cookie: await sessionCookie(claim) };
}

/** The cookie that signing in would have set. */
export async function sessionCookie(claim: { userId: string; sessionVersion: number }): Promise<string> {
  const token = { sub: claim.userId, sessionVersion: claim.sessionVersion };
  return `${sessionCookieName(PORTAL_URL)}=${await encode({ token, secret: SESSION_SECRET })}`;
}

function someCall(admittedAt: Date): Omit<SettledCall, "agentId"> {
  return {
    id: randomUUID(),
    admittedAt,
    model: "claude-sonnet-4-5",
    requestedModel: "claude-sonnet-4-5",
    sessionId: null,
    subagentId: null,
    promptId: null,
    upstreamRequestId: null,
    errorType: null,
    outcome: "completed",
    pricedAs: "list",
    listCost: 0n,
    inputTokens: 0,
    outputTokens: 0,
    cacheReadInputTokens: 0,
    cacheCreation5mInputTokens: 0,
    cacheCreation1hInputTokens: 0,
    webSearchRequests: 0,
    latencyMs: 100,
    firstByteMs: 50,
    overheadUs: 200,
    status: 200,
    isStreamed: true,
    isEstimated: false,
    helicone: null,
  };
}
