import path from "node:path";

import { ConfigError, readConfig } from "#config.ts";
import { DomainError } from "#domain/errors.ts";
import { keepDeploymentSecrets } from "#supervisor/deployment-secrets.ts";
import { migrate } from "#supervisor/migrate.ts";
import { createSetupLink } from "#supervisor/setup-link.ts";

const USAGE = "usage: prepare.mjs secrets FOLDER | prepare.mjs database";
const root = path.resolve(import.meta.dirname, "..");

/**
 * What a deployment needs before its processes start, each a program that ends: `secrets` makes them up, `database` brings the
 * tables up to date and prints the link for the first admin. Both can be repeated.
 */
async function main([task, folder]: readonly string[]): Promise<void> {
  if (task === "secrets" && folder !== undefined) return prepareSecrets(folder);
  if (task === "database") return prepareDatabase();
  throw new DomainError("invalid_input", USAGE);
}

async function prepareSecrets(folder: string): Promise<void> {
  const made = await keepDeploymentSecrets(folder);
  say(made.length === 0 ? "The secrets are there." : `Made: ${made.join(", ")}.`);
}

async function prepareDatabase(): Promise<void> {
  const { databaseUrl, portal } = readConfig();
  if (databaseUrl === undefined) throw new ConfigError(["DATABASE_URL: the database to prepare has to be named."]);
  const applied = await migrate({ databaseUrl, migrationsDir: path.join(root, "prisma/migrations") });
  say(applied.length === 0 ? "The database is up to date." : `Applied to the database: ${applied.join(", ")}.`);
  const link = await createSetupLink(databaseUrl, portal.url);
  if (link !== undefined) say(`To make the first admin, open ${link}\nIt works once, until this is run again.`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** What a person can act on; of a fault in the program, everything there is. */
function explain(error: unknown): string {
  if (error instanceof ConfigError || error instanceof DomainError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
});
