import { setTimeout as sleep } from "node:timers/promises";

import type { HeliconeAddresses, HeliconeLogin } from "#helicone/helicone-account.ts";
import type { HeliconeClient, HeliconeRow } from "#helicone/helicone-client.ts";
import type { LoggedCall } from "#helicone/log-record.ts";
import type { HeliconeUsageSource } from "#helicone/usage-source.ts";

/** A live Helicone that is asked whether it keeps to what we build on. */
export type Examined = HeliconeAddresses & {
  client: HeliconeClient;
  source: HeliconeUsageSource;
  /** `logKey` and `writeKey` null: not given. */
  keys: { apiKey: string; logKey: string; writeKey: string | null };
  login: HeliconeLogin | null;
  /** For one real message through the proxy; null: Anthropic is asked with a key that it refuses. */
  anthropicKey: string | null;
  /** An agent of this run only, so that nothing else is in its figures. */
  agentName: string;
};

/** What came of a check: it holds, with what was seen; or it was not made, and why. What does not hold is thrown. */
export type Finding = { outcome: "holds" | "skipped"; seen: string };
export type Check = { name: string; run: (examined: Examined) => Promise<Finding> };

const ROW_MS_MAX = 30_000;
const POLL_MS = 200;

/** @returns that it holds, with what was seen */
export function holds(seen: string): Finding {
  return { outcome: "holds", seen };
}

/** @returns that it could not be looked at, and why */
export function skipped(reason: string): Finding {
  return { outcome: "skipped", seen: reason };
}

/** @throws Error with `problem` unless the condition is met */
export function expectThat(condition: boolean, problem: string): asserts condition {
  if (!condition) throw new Error(problem);
}

/**
 * The first row of a request, once Helicone has it, and after how many milliseconds.
 * @throws Error when it does not come within half a minute
 */
export async function rowOf({ source }: Examined, requestId: string): Promise<{ row: HeliconeRow; delayMs: number }> {
  const startedAt = performance.now();
  for (;;) {
    const [row] = await source.findRows([requestId]);
    const delayMs = Math.round(performance.now() - startedAt);
    if (row !== undefined) return { row, delayMs };
    expectThat(delayMs < ROW_MS_MAX, `its row did not come within ${ROW_MS_MAX / 1_000} s`);
    await sleep(POLL_MS);
  }
}

/** A finished call as the ledger would have it: 1,000 tokens in, 100 out, 500 from the cache. */
export function finishedCall(agentName: string, id: string, model: string): LoggedCall {
  return {
    id,
    sessionId: null,
    agent: { name: agentName, ownerId: null, type: null },
    admittedAt: new Date(),
    model,
    requestedModel: model,
    errorType: null,
    outcome: "completed",
    status: 200,
    latencyMs: 500,
    firstByteMs: 200,
    isStreamed: false,
    usage: {
      inputTokens: 1_000,
      outputTokens: 100,
      cacheReadInputTokens: 500,
      cacheCreation5mInputTokens: null,
      cacheCreation1hInputTokens: null,
      webSearchRequests: null,
    },
  };
}
