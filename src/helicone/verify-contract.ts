import { randomBytes } from "node:crypto";

import { askHelicone } from "#helicone/ask-helicone.ts";
import { createHeliconeClient } from "#helicone/helicone-client.ts";
import { createHeliconeUsageSource } from "#helicone/usage-source.ts";
import { type Check, type Examined, expectThat, holds, skipped } from "#helicone/verify-check.ts";
import { DASHBOARD_CHECKS } from "#helicone/verify-dashboard-checks.ts";
import { LOG_CHECKS } from "#helicone/verify-log-checks.ts";
import { PROXY_CHECKS } from "#helicone/verify-proxy-checks.ts";

export type ContractOptions = Pick<Examined, "url" | "webUrl" | "keys" | "login" | "anthropicKey"> & {
  /** Without a way out there is no proxy to look at. */
  hasProxy: boolean;
  /** Told each finding as a line. */
  say: (line: string) => void;
};

const TIMEOUT_MS = 15_000;

const READINESS_CHECKS: readonly Check[] = [
  {
    name: "the API and the web application are there",
    async run({ client, webUrl }) {
      expectThat(await client.isAlive(), "GET /healthcheck does not answer as it should");
      const answer = await askHelicone({ method: "GET", url: `${webUrl}/api/auth/ok`, timeoutMs: TIMEOUT_MS });
      expectThat(answer.status === 200, `GET /api/auth/ok answers ${answer.status}`);
      return holds("both answer");
    },
  },
  {
    name: "the key reads, and ClickHouse answers",
    async run({ source }) {
      await source.probe();
      return holds("costs-over-time answers");
    },
  },
  {
    name: "the write-only key cannot read",
    async run({ url, keys }) {
      if (keys.writeKey === null) return skipped("no write-only key was given");
      const { writeKey } = keys;
      const reader = createHeliconeUsageSource(createHeliconeClient({ url, apiKey: () => writeKey }));
      const reason = await reader.probe().then(() => null, String);
      expectThat(reason !== null, "it can read every agent's calls");
      return holds("refused");
    },
  },
];

/**
 * Makes every request that the product makes of a live Helicone, and tells what holds. It leaves some rows of an agent
 * "verify-…" and a saved filter behind.
 * @returns how many checks failed
 */
export async function verifyContract(options: ContractOptions): Promise<number> {
  const { url, webUrl, keys, login, anthropicKey, hasProxy, say } = options;
  const client = createHeliconeClient({ url, apiKey: () => keys.apiKey, timeoutMs: TIMEOUT_MS });
  const agentName = `verify-${randomBytes(4).toString("hex")}`;
  const source = createHeliconeUsageSource(client);
  const examined: Examined = { url, webUrl, client, source, keys, login, anthropicKey, agentName };
  let failed = 0;
  const run = async ({ name, run: examine }: Check) => {
    try {
      const { outcome, seen } = await examine(examined);
      say(`${outcome.padEnd(7)}  ${name} (${seen})`);
    } catch (error) {
      failed += 1;
      say(`FAILS    ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  for (const check of [...READINESS_CHECKS, ...LOG_CHECKS]) await run(check);
  for (const check of PROXY_CHECKS)
    await run(hasProxy ? check : { ...check, run: async () => skipped("not asked for") });
  for (const check of DASHBOARD_CHECKS) await run(check);
  return failed;
}
