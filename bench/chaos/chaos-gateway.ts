import { setTimeout as sleep } from "node:timers/promises";

import { createVirtualKey } from "#agents/agent-token.ts";
import { probePort } from "#supervisor/free-port.ts";
import { type GatewayProcess, startGatewayProcess } from "#testing/gateway-process.ts";
import type { ChaosDatabase } from "./chaos-database.ts";

export type ChaosGateway = {
  url: string;
  /** Kills the process; then starts it until it comes up, as a supervisor does. Resolves with the milliseconds it took. */
  killAndRestart(): Promise<number>;
  /** Ends it in order. */
  end(): Promise<void>;
};

const RETRY_MS = 200;

/** A gateway in front of `upstreamUrl`, as a process of its own. */
export async function startChaosGateway(database: ChaosDatabase, upstreamUrl: string): Promise<ChaosGateway> {
  const port = await probePort(0);
  const url = `http://127.0.0.1:${port}`;
  const environment = {
    DATABASE_URL: database.databaseUrl,
    DATA_DIR: database.dataDir,
    GATEWAY_PORT: String(port),
    ANTHROPIC_UPSTREAM_URL: upstreamUrl,
    ANTHROPIC_API_KEY: "sk-ant-chaos",
    LOG_LEVEL: "error",
  };
  let running: GatewayProcess = await startGatewayProcess(environment, url);
  const startUntilUp = async (): Promise<GatewayProcess> => {
    for (;;) {
      const started = await startGatewayProcess(environment, url).catch(() => null); // PostgreSQL may be away
      if (started !== null) return started;
      await sleep(RETRY_MS);
    }
  };
  return {
    url,
    async killAndRestart() {
      await running.end("SIGKILL");
      const startedAt = performance.now();
      running = await startUntilUp();
      return performance.now() - startedAt;
    },
    end: () => running.end("SIGTERM"),
  };
}

/** Makes agents that the gateway knows by the time this resolves; returns their keys. */
export async function addChaosAgents(database: ChaosDatabase, count: number): Promise<string[]> {
  const keys: string[] = [];
  for (let number = 1; number <= count; number += 1) {
    const { key, hash, hint } = createVirtualKey();
    await database.pool.query("INSERT INTO agent_ownership (agent_name, key_hash, key_hint) VALUES ($1, $2, $3)", [
      `chaos-${number}`,
      hash,
      hint,
    ]);
    keys.push(key);
  }
  return keys;
}
