import { chmod, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import { type EmbeddedPostgres, startEmbeddedPostgres } from "#supervisor/embedded-postgres.ts";
import { migrate } from "#supervisor/migrate.ts";
import { type Answer, ask, idOf } from "#testing/ask.ts";
import { SERVER_VARIABLE } from "#testing/database.ts";
import { startTestGateway, type TestAgent, type TestGateway } from "#testing/gateway.ts";
import { ledgerDifferences } from "#testing/ledger-sums.ts";

/** A server of its own, to be stopped. */
let folder: string;
let server: EmbeddedPostgres;
let gateway: TestGateway;
let agent: TestAgent;
let answers: Answer[];

const startServer = () => startEmbeddedPostgres({ dataDir: folder, log: () => undefined, isDurable: false });

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "trinity-test-outage-"));
  await chmod(folder, 0o711); // run by root, the server runs as another user
  server = await startServer();
  await migrate({ databaseUrl: server.databaseUrl, migrationsDir: path.resolve("prisma/migrations") });
  process.env[SERVER_VARIABLE] = server.databaseUrl;
  gateway = await startTestGateway();
  // In a copied database, PostgreSQL forgets in a crash which ids it gave out before the first checkpoint.
  await gateway.pool.query("CHECKPOINT");
  agent = await gateway.addAgent("a1", { day: 1_000_000_000_000n, action: "block" });
}, 120_000);
afterAll(async () => {
  await gateway.stop();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  answers = [];
});

/** Calls of both forms, in flight together; all of them must be answered in full. */
async function callMany(count: number): Promise<void> {
  const calls = Array.from({ length: count }, (_, at) =>
    ask(gateway.url, {
      key: agent.key,
      body: { stream: at % 2 === 0 },
      script: { headersDelayMs: at * 10, chunkDelayMs: 2 },
    }),
  );
  for (const answer of await Promise.all(calls)) {
    expect(answer.status).toBe(200);
    answers.push(answer);
  }
}

/** Every answer of this test is in the ledger, once, and all sums agree with the rows. */
async function expectAllRecorded(): Promise<void> {
  const ids = answers.map(idOf);
  await vi.waitFor(
    async () => {
      const { rows } = await gateway.pool.query(
        "SELECT id FROM llm_requests WHERE id = ANY($1) AND outcome = 'completed'",
        [ids],
      );
      expect(rows).toHaveLength(ids.length);
    },
    { timeout: 15_000, interval: 100 },
  );
  expect(new Set(ids).size).toBe(ids.length);
  expect(await ledgerDifferences(gateway.pool)).toEqual([]);
}

async function kill(): Promise<void> {
  server.kill();
  await server.exited;
}

describe("while PostgreSQL is away", () => {
  it("calls pass as ever, and are in the ledger, once each, when it is back", async () => {
    const running = callMany(20);
    await sleep(60);
    await kill();
    await running;
    await callMany(20);
    server = await startServer();
    await callMany(5);
    await expectAllRecorded();
    expect(gateway.process().output()).toContain("The ledger cannot be written; calls are kept in the journal");
  });

  it("limits are kept by what is known", async () => {
    const other = await gateway.addAgent("a2", { day: 1_000_000_000n, action: "block" });
    await kill();
    const usage = { input_tokens: 500_000, output_tokens: 0 };
    expect((await ask(gateway.url, { key: other.key, script: { usage } })).status).toBe(200);
    expect((await ask(gateway.url, { key: other.key })).status).toBe(402);
    server = await startServer();
    expect((await gateway.ledger(other, 2)).map((row) => row.outcome)).toEqual(["completed", "refused"]);
  });

  it("a gateway that is killed too gives everything to the ledger when both are back", async () => {
    await kill();
    await callMany(10);
    await gateway.process().end("SIGKILL");
    await expect(gateway.restart()).rejects.toThrow(/did not start:\n.*ECONNREFUSED.*\n$/);
    server = await startServer();
    await gateway.restart();
    await expectAllRecorded();
  });
});

describe("while PostgreSQL is there and does not answer", () => {
  it("calls pass; a gateway that is asked to stop does so in time, and the next one writes what it left", async () => {
    const blocker = await gateway.pool.connect();
    await blocker.query("BEGIN; LOCK TABLE llm_requests IN ACCESS EXCLUSIVE MODE");
    await callMany(10);
    const startedAt = performance.now();
    await gateway.process().end("SIGTERM");
    expect(performance.now() - startedAt).toBeLessThan(9_500);
    expect(gateway.process().output()).toContain("The journal is kept for the next start");
    await blocker.query("ROLLBACK");
    blocker.release();
    await gateway.restart();
    await expectAllRecorded();
  });

  it("a connection that is lost in the middle of a batch loses nothing and counts nothing twice", async () => {
    for (let round = 0; round < 5; round += 1) {
      const running = callMany(12);
      await sleep(30 + round * 20);
      await gateway.pool.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
      );
      await running;
    }
    await expectAllRecorded();
    expect(gateway.process().output()).toContain("A connection to PostgreSQL was lost");
    expect(gateway.process().output()).not.toContain("secretKey");
  });
});
