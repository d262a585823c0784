import { SERVER_VARIABLE, startTestDatabaseServer } from "#testing/database.ts";
import { ensureBuilt } from "../../scripts/prepare.mjs";

/** Builds what is stale, and starts the database server that every stack of this run takes its database from. */
export default async function setUp(): Promise<() => Promise<void>> {
  await ensureBuilt();
  const server = await startTestDatabaseServer();
  process.env[SERVER_VARIABLE] = server.serverUrl;
  return server.stop;
}
