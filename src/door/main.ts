import type pg from "pg";

import { type Config, ConfigError, readConfig } from "#config.ts";
import { createPool } from "#db.ts";
import { createDoor, type Door } from "#door/door.ts";
import { createVisitorCheck } from "#door/visitor.ts";
import { readDashboardAccount } from "#helicone/credentials.ts";
import { obstacleToSession } from "#helicone/shared-session.ts";
import { createLog } from "#log.ts";

const POOL_MAX = 4;
const QUERY_MS_MAX = 5_000;

/** The composition of the door's process. */
async function main(): Promise<void> {
  const config = readConfig();
  const { databaseUrl, nextAuthSecret: sessionSecret } = required(config);
  const log = createLog("door", config.logLevel);
  const pool = createPool(databaseUrl, {
    max: POOL_MAX,
    queryTimeoutMs: QUERY_MS_MAX,
    onError: (error) => log.warn({ err: error }, "A connection to PostgreSQL was lost"),
  });
  const { helicone, heliconeDoor } = config;
  const portalUrl = config.portal.url;
  const obstacle = obstacleToSession({ portalUrl, doorUrl: heliconeDoor.url, cookieDomain: heliconeDoor.cookieDomain });
  if (obstacle !== null) log.warn(obstacle);
  const door = createDoor({
    log,
    portalUrl,
    doorUrl: heliconeDoor.url,
    visitorOf: createVisitorCheck({ pool, portalUrl, sessionSecret }),
    helicone: helicone && {
      urls: { web: helicone.webUrl, api: helicone.url, objects: helicone.objectsUrl },
      readAccount: () => readDashboardAccount(helicone),
    },
  });
  await new Promise<void>((resolve, reject) => {
    door.server.once("error", reject);
    door.server.listen(heliconeDoor.port, heliconeDoor.host, resolve);
  });
  log.info({ port: heliconeDoor.port, isOn: helicone !== null }, "Helicone's door is listening");
  stopOnRequest(door, pool);
}

function required({ databaseUrl, nextAuthSecret }: Config): { databaseUrl: string; nextAuthSecret: string } {
  const problems = [];
  if (databaseUrl === undefined) problems.push("DATABASE_URL: Helicone's door needs it. `npm start` sets it.");
  if (nextAuthSecret === undefined) problems.push("NEXTAUTH_SECRET: Helicone's door needs it, the same as the portal.");
  if (databaseUrl === undefined || nextAuthSecret === undefined) throw new ConfigError(problems);
  return { databaseUrl, nextAuthSecret };
}

function stopOnRequest(door: Door, pool: pg.Pool): void {
  let isStopping = false;
  const stop = async () => {
    if (isStopping) return;
    isStopping = true;
    await door.close();
    await pool.end();
    process.exit(0);
  };
  for (const event of ["SIGTERM", "SIGINT", "disconnect"]) process.on(event, () => void stop());
}

/** A setting, a port, a database: one line that a person can act on. Of a fault in the program, everything. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof ConfigError) return error.message;
  return "code" in error ? error.message || String(error.code) : (error.stack ?? error.message);
}

main().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
});
