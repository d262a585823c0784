import { SERVER_VARIABLE, startTestDatabaseServer } from "#testing/database.ts";

/** Set-up of the integration tests (vitest's `globalSetup`): one server for the run. Returns what stops it. */
export default async function setUp(): Promise<() => Promise<void>> {
  const server = await startTestDatabaseServer();
  process.env[SERVER_VARIABLE] = server.serverUrl;
  return server.stop;
}
