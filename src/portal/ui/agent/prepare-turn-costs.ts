import { formatUsd, type NanoUsd } from "#domain/money.ts";

type Turn = {
  finishedAt: Date | null /** Null: its calls are kept no longer. */;
  listCost: NanoUsd | null;
  calls: number;
};

/** Of the messages that have ended and whose cost is known; null: there is none. */
export type TurnCosts = { turns: number; average: string; half: string; most: string; calls: string } | null;

/** What a message to the agent costs. `half`: as many cost more as cost less. */
export function prepareTurnCosts(turns: readonly Turn[]): TurnCosts {
  const ended = turns.flatMap(({ finishedAt, listCost, calls }) =>
    finishedAt === null || listCost === null ? [] : { listCost, calls },
  );
  if (ended.length === 0) return null;
  const costs = ended.map(({ listCost }) => listCost).toSorted((a, b) => Number(a - b));
  const calls = ended.reduce((sum, turn) => sum + turn.calls, 0);
  const total = costs.reduce((sum, cost) => sum + cost, 0n);
  return {
    turns: ended.length,
    average: formatUsd(total / BigInt(ended.length)),
    half: formatUsd(costs[Math.floor((costs.length - 1) / 2)] ?? 0n),
    most: formatUsd(costs.at(-1) ?? 0n),
    calls: (calls / ended.length).toFixed(1),
  };
}
