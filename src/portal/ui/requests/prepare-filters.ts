import type { CallFilter } from "#domain/call-query.ts";
import { formatUsd } from "#domain/money.ts";
import { formatCount, formatDuration } from "#portal/ui/format/counts.ts";

type Owned = { owner: { id: string; name: string } | null };
export type OwnerChoice = { id: string; name: string };

/** Who owns any of the agents, by name. A chosen one who owns none any more is still named. */
export function ownersOf(agents: readonly Owned[], chosenId: string | null): OwnerChoice[] {
  const byId = new Map(agents.flatMap(({ owner }) => (owner === null ? [] : [[owner.id, owner] as const])));
  if (chosenId !== null && !byId.has(chosenId)) byId.set(chosenId, { id: chosenId, name: "A former owner" });
  return [...byId.values()].toSorted((a, b) => a.name.localeCompare(b.name));
}

/** A part of the filter that the choices do not show by themselves. */
export type Chip = { key: keyof CallFilter; label: string };

/** The bounds and names that narrow a view, in words. */
export function prepareChips(filter: CallFilter): Chip[] {
  const words: Partial<Record<keyof CallFilter, string | null>> = {
    sessionId: filter.sessionId === null ? null : `session ${filter.sessionId}`,
    subagentId: filter.subagentId === null ? null : `subagent ${filter.subagentId}`,
    costMin: filter.costMin === null ? null : `cost from ${formatUsd(filter.costMin)}`,
    costMax: filter.costMax === null ? null : `cost up to ${formatUsd(filter.costMax)}`,
    tokensMin: filter.tokensMin === null ? null : `from ${formatCount(filter.tokensMin)} tokens`,
    tokensMax: filter.tokensMax === null ? null : `up to ${formatCount(filter.tokensMax)} tokens`,
    latencyMinMs: filter.latencyMinMs === null ? null : `took ${formatDuration(filter.latencyMinMs)} or longer`,
    latencyMaxMs: filter.latencyMaxMs === null ? null : `took at most ${formatDuration(filter.latencyMaxMs)}`,
  };
  return CHIP_KEYS.flatMap((key) => {
    const label = words[key] ?? null;
    return label === null ? [] : [{ key, label }];
  });
}

const CHIP_KEYS = [
  "sessionId",
  "subagentId",
  "costMin",
  "costMax",
  "tokensMin",
  "tokensMax",
  "latencyMinMs",
  "latencyMaxMs",
] as const;

/** Whether anything narrows the view but its time. */
export function isNarrowed(filter: CallFilter): boolean {
  return Object.values(filter).some((part) => part !== null);
}
