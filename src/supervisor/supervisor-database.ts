import { setTimeout as sleep } from "node:timers/promises";

import pg from "pg";

import { DomainError } from "#domain/errors.ts";
import { createBackoff } from "#supervisor/backoff.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#supervisor/embedded-postgres.ts";

/** The database of this installation, wherever it is. */
export type SupervisorDatabase = {
  /** Where it is now. */
  url(): string;
  stop(): Promise<void>;
  /** Ends an embedded server at once; it recovers at its next start. */
  kill(): void;
};

export type DatabaseRequest = {
  /** The administrator's own server, if there is one. */
  databaseUrl: string | undefined;
  dataDir: string;
  say: (line: string) => void;
  /** The embedded server had to be started again on another port. */
  onMoved: () => void;
};

const CONNECT_ATTEMPTS_MS = 5_000;

/**
 * Makes sure that there is a database: the one that is configured, else the embedded one, which is started again if it dies.
 * @throws DomainError `unavailable` saying what is in the way, without any password
 */
export async function openDatabase(request: DatabaseRequest): Promise<SupervisorDatabase> {
  if (request.databaseUrl === undefined) return runEmbedded(request);
  const url = request.databaseUrl;
  await requireReachable(url);
  return { url: () => url, stop: async () => undefined, kill: () => undefined };
}

async function runEmbedded({ dataDir, say, onMoved }: DatabaseRequest): Promise<SupervisorDatabase> {
  const stopping = new AbortController();
  let server = await startEmbeddedPostgres({ dataDir, log: say });
  if (server.isAdopted) say(`Using the database server that an earlier run left behind (process ${server.pid}).`);
  const watched = keepRunning();
  return {
    url: () => server.databaseUrl,
    async stop() {
      stopping.abort();
      await server.stop();
      await watched;
    },
    kill() {
      stopping.abort();
      server.kill();
    },
  };

  async function keepRunning(): Promise<void> {
    const backoff = createBackoff();
    let startedAt = Date.now();
    for (;;) {
      await server.exited;
      if (stopping.signal.aborted) return;
      say("The database server ended. Starting it again.");
      await backoff.pause(Date.now() - startedAt, stopping.signal);
      if (stopping.signal.aborted) return;
      startedAt = Date.now();
      const replacement = await startEmbeddedPostgres({ dataDir, log: say }).catch((error: Error) =>
        say(error.message),
      );
      if (!replacement) continue;
      if (stopping.signal.aborted) return replacement.stop();
      replaceBy(replacement);
    }
  }

  function replaceBy(replacement: EmbeddedPostgres): void {
    const isMoved = replacement.databaseUrl !== server.databaseUrl;
    server = replacement;
    say("The database server works again.");
    if (isMoved) onMoved();
  }
}

async function requireReachable(url: string): Promise<void> {
  const giveUpAt = Date.now() + CONNECT_ATTEMPTS_MS;
  for (;;) {
    const problem = await connectionProblem(url);
    if (problem === undefined) return;
    const mayPass = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|57P03/.test(problem);
    if (!mayPass || Date.now() > giveUpAt) {
      throw new DomainError(
        "unavailable",
        `DATABASE_URL: the database at ${new URL(url).host} cannot be used (${problem}). Correct it, or unset it to use the embedded database.`,
      );
    }
    await sleep(250);
  }
}

async function connectionProblem(url: string): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_ATTEMPTS_MS });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("SELECT 1");
    await client.end();
    return undefined;
  } catch (error) {
    return describe(error, new URL(url).password);
  }
}

function describe(error: unknown, password: string): string {
  // Of several addresses tried, each has its own error.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const code = first instanceof Error && "code" in first ? String(first.code) : "";
  const message = first instanceof Error ? first.message : String(first);
  const text = message.includes(code) ? message : `${code} ${message}`;
  const secrets = [password, decodeURIComponent(password)].filter((secret) => secret !== "");
  return secrets.reduce((line, secret) => line.replaceAll(secret, "…"), text);
}
