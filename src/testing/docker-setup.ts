import setUpDatabase from "#testing/database-setup.ts";
import { ENGINE_VARIABLE, NO_ENGINE_VARIABLE, startTestEngine, type TestEngine } from "#testing/docker-engine.ts";

/** Set-up of the tests with containers: one database server and one engine for the run. Returns what stops them. */
export default async function setUp(): Promise<() => Promise<void>> {
  const stopDatabase = await setUpDatabase();
  const engine = await startTestEngine().catch((error: Error) => error);
  if (engine instanceof Error) process.env[NO_ENGINE_VARIABLE] = engine.message;
  else process.env[ENGINE_VARIABLE] = engine.dockerHost;
  return async () => {
    if (!(engine instanceof Error)) await stop(engine);
    await stopDatabase();
  };
}

async function stop(engine: TestEngine): Promise<void> {
  await engine.stop();
}
