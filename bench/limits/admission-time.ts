import { type AgentLimits, createLiveAdmission } from "#limits/admission.ts";
import { SYSTEM_CLOCK } from "#limits/turns.ts";
import { budgetOf } from "#testing/budgets.ts";

import { PRICES } from "./traffic.ts";

export type AdmissionTime = { agents: number; pools: number; calls: number; p50Us: number; p99Us: number };

const AGENTS = 1_000;
const POOLS = 100;
const IN_FLIGHT = 500;
const WARM_UP = 20_000;
const LIMIT = 10n ** 15n;

/** How long the decision on a call takes, with every kind of budget over each agent and many calls in flight. */
export function measureAdmission(calls: number): AdmissionTime {
  const admission = createLiveAdmission([], SYSTEM_CLOCK);
  admission.follow(fleet());
  const inFlight: (() => void)[] = [];
  const tookUs: number[] = [];
  for (let number = 0; number < WARM_UP + calls; number += 1) {
    const agentId = (number * 7_919) % AGENTS;
    const beganAtMs = performance.now();
    const answer = admission.admit({ agentId, size: { requestBytes: 200_000, maxTokens: 32_000 }, prices: PRICES });
    const took = (performance.now() - beganAtMs) * 1_000;
    if (number >= WARM_UP) tookUs.push(took);
    if (answer.outcome !== "admitted") throw new Error(`The bench's call was ${answer.outcome}`);
    inFlight.push(() => admission.settle(answer.call, { cost: 3_000_000n, outputTokens: 100, rateTokens: 500 }));
    if (inFlight.length > IN_FLIGHT) inFlight.shift()?.();
  }
  tookUs.sort((a, b) => a - b);
  const at = (share: number) => tookUs[Math.floor(tookUs.length * share)] ?? 0;
  return { agents: AGENTS, pools: POOLS, calls, p50Us: at(0.5), p99Us: at(0.99) };
}

function fleet(): Map<number, AgentLimits> {
  const limits = { day: LIMIT, month: LIMIT };
  const pools = Array.from({ length: POOLS }, (_, id) =>
    budgetOf({ key: `pool:${id}`, limits, timeZone: id % 2 === 0 ? "Asia/Kolkata" : "America/New_York" }),
  );
  const all = budgetOf({ key: "fleet", limits });
  const ids = Array.from({ length: AGENTS }, (_, agentId) => agentId);
  return new Map(
    ids.map((agentId) => {
      const pool = pools.slice(agentId % POOLS, (agentId % POOLS) + 1);
      const budgets = [budgetOf({ key: `agent:${agentId}`, limits }), ...pool, all];
      const rateLimit = { requestsPerMinute: 1_000_000, tokensPerMinute: 1_000_000_000 };
      return [agentId, { budgets, pausedAt: null, rateLimit, isRemoved: false }];
    }),
  );
}
