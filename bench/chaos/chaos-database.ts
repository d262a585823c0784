import { chmod, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import type pg from "pg";

import { createPool } from "#db.ts";
import { startEmbeddedPostgres } from "#supervisor/embedded-postgres.ts";
import { migrate } from "#supervisor/migrate.ts";

/** A PostgreSQL that can be killed and comes back on the same address. */
export type ChaosDatabase = {
  databaseUrl: string;
  pool: pg.Pool;
  /** The folder for the gateway's own data, beside the database's. */
  dataDir: string;
  /** Kills the server, leaves it dead for a while, and starts it again. */
  killServer(deadMs: number): Promise<void>;
  /** Ends every other connection to the database. */
  cutConnections(): Promise<void>;
  stop(): Promise<void>;
};

export async function startChaosDatabase(): Promise<ChaosDatabase> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "trinity-chaos-"));
  await chmod(folder, 0o711); // run by root, the server runs as another user
  const start = () => startEmbeddedPostgres({ dataDir: folder, log: () => undefined, isDurable: false });
  let server = await start();
  const { databaseUrl } = server;
  await migrate({ databaseUrl, migrationsDir: path.resolve("prisma/migrations") });
  const pool = createPool(databaseUrl, { max: 3, onError: () => undefined }); // killing is what this is about
  return {
    databaseUrl,
    pool,
    dataDir: path.join(folder, "gateway"),
    async killServer(deadMs) {
      server.kill();
      await server.exited;
      await new Promise((resolve) => setTimeout(resolve, deadMs));
      server = await start();
    },
    async cutConnections() {
      await pool.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
      );
    },
    async stop() {
      await pool.end();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
