import { existsSync } from "node:fs";
import path from "node:path";

import { createAdoption } from "#agents/adoption.ts";
import { createAdoptionStore } from "#agents/adoption-store.ts";
import { connectDocker } from "#agents/docker-engine.ts";
import { type Config, ConfigError, readConfig } from "#config.ts";
import { DomainError } from "#domain/errors.ts";
import { createLog } from "#log.ts";
import { createPrisma } from "#prisma-client.ts";
import { startEmbeddedPostgres } from "#supervisor/embedded-postgres.ts";

const HELP = `Gives adopted containers back, with the exact environment they had before. Works with the portal running or not.

  npm run unroute -- --all        every adopted agent that is routed
  npm run unroute -- NAME…        these

A stopped agent stays stopped; one that is at work is left, and named. Exit code: 0 when all of them are as they were
before, 1 when one is not, 2 when nothing could be done.
`;

const OPERATOR = { userId: null, name: "npm run unroute" };
const TIMES = { healthMs: 60_000, stopSeconds: 30 };

/** Resolves to the exit code. */
async function run(args: readonly string[]): Promise<number> {
  const isAll = args.includes("--all");
  const names = args.filter((arg) => !arg.startsWith("-"));
  if (
    args.includes("--help") ||
    (!isAll && names.length === 0) ||
    args.some((arg) => arg.startsWith("-") && arg !== "--all")
  ) {
    process.stdout.write(HELP);
    return args.includes("--help") ? 0 : 2;
  }
  const config = readConfig();
  const database = await openDatabase(config);
  const prisma = createPrisma(database.url);
  try {
    const adoption = createAdoption({
      engine: connectDocker(config.docker.host ?? null),
      store: createAdoptionStore(prisma),
      clock: () => new Date(),
      log: createLog("unroute", "error"),
      times: TIMES,
      settingsOf: () => Promise.reject(new DomainError("invalid_input", "Nothing is routed from here.")),
    });
    const results = isAll ? await adoption.unrouteAll(OPERATOR) : await adoption.unrouteEach(OPERATOR, names);
    for (const { name, problem } of results) process.stdout.write(`${name}: ${problem ?? "as it was before"}\n`);
    if (results.length === 0) process.stdout.write("No agent is routed.\n");
    return results.every(({ problem }) => problem === null) ? 0 : 1;
  } finally {
    await prisma.$disconnect();
    await database.leave();
  }
}

/** That of the settings, else the embedded one; one that is running already goes on running afterwards. */
async function openDatabase({ databaseUrl, dataDir }: Config): Promise<{ url: string; leave: () => Promise<void> }> {
  if (databaseUrl === undefined && !existsSync(path.join(dataDir, "postgres-password")))
    throw new DomainError(
      "not_found",
      `Nothing was ever started in ${dataDir}, so nothing is routed. Set DATA_DIR=… to another folder.`,
    );
  if (databaseUrl !== undefined) return { url: databaseUrl, leave: async () => undefined };
  const server = await startEmbeddedPostgres({ dataDir, log: () => undefined });
  return { url: server.databaseUrl, leave: async () => (server.isAdopted ? undefined : server.stop()) };
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  const isForPeople = error instanceof DomainError || error instanceof ConfigError;
  process.stderr.write(`${isForPeople ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
