import { ConfigError, readConfig } from "#config.ts";
import { createPool } from "#db.ts";
import { DEMO_AGENTS } from "#demo/demo-cast.ts";
import { readDemoSecrets } from "#demo/demo-secrets.ts";
import { runDemoTraffic } from "#demo/demo-traffic.ts";
import { describeSecrets, seedDemo } from "#demo/seed-demo.ts";
import { DomainError } from "#domain/errors.ts";
import { createLog } from "#log.ts";

const USAGE = "usage: demo seed | traffic. `npm run demo` runs both.";

/** `seed` fills an empty database and prints how to sign in. `traffic` calls the gateway until it is stopped. */
async function main(): Promise<void> {
  switch (process.argv[2]) {
    case "seed":
      return seed();
    case "traffic":
      return traffic();
    default:
      throw new DomainError("invalid_input", USAGE);
  }
}

async function seed(): Promise<void> {
  const { databaseUrl, dataDir } = readConfig();
  if (databaseUrl === undefined) throw new ConfigError(["DATABASE_URL: the demo needs it. `npm run demo` sets it."]);
  const pool = createPool(databaseUrl, { max: 2, onError: () => undefined }); // a lost connection fails its query
  try {
    const secrets = await seedDemo({ pool, dataDir, now: new Date() });
    process.stdout.write(`${describeSecrets(secrets).join("\n")}\n`);
  } finally {
    await pool.end();
  }
}

async function traffic(): Promise<void> {
  const { dataDir, gateway, logLevel } = readConfig();
  const log = createLog("demo-traffic", logLevel);
  const stopping = new AbortController();
  for (const event of ["SIGTERM", "SIGINT", "disconnect"]) process.on(event, () => stopping.abort());
  const { agentKeys } = await readDemoSecrets(dataDir);
  const agents = DEMO_AGENTS.flatMap((agent) => {
    const virtualKey = agentKeys.find((known) => known.agentName === agent.name)?.virtualKey;
    return virtualKey === undefined ? [] : [{ ...agent, virtualKey }];
  });
  log.info({ agents: agents.length, gateway: gateway.url }, "The demo's agents begin to work");
  const seed = new Date().toISOString();
  await runDemoTraffic({ gatewayUrl: gateway.url, agents, log, signal: stopping.signal, seed, speed: 1 });
  process.exit(0); // connections that are kept for another call would hold it up
}

main().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
});

/** What a person can act on; of a fault in the program, everything there is. */
function explain(error: unknown): string {
  if (error instanceof ConfigError || error instanceof DomainError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
