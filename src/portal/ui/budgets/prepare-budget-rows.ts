import { formatUsd } from "#domain/money.ts";
import type { BudgetOverview } from "#portal/client/answers.ts";

type AgentRow = BudgetOverview["agents"][number];

type Standing = Pick<AgentRow, "budget" | "pause" | "stoppedBy">;

const STATE_ORDER = { none: 0, ok: 1, near: 2, reached: 3, blocked: 4 } as const;

/** How pressing a row is, for sorting: a paused agent before a blocked one, that before one near its limit. */
export function stateRank({ budget, pause, stoppedBy }: Standing): number {
  if (pause !== null) return STATE_ORDER.blocked + 1;
  return stoppedBy === null ? STATE_ORDER[budget.state] : STATE_ORDER.blocked;
}

const STATE_WORDS = {
  none: "no limit",
  ok: "within",
  near: "near limit",
  reached: "over limit",
  blocked: "blocked",
} as const;

/** The state of a row in a word or two. */
export function stateText({ budget, pause, stoppedBy }: Standing): string {
  if (pause !== null) return "paused";
  if (stoppedBy === null || budget.state === "blocked") return STATE_WORDS[budget.state];
  return stoppedBy.scope === "pool" ? "blocked by its pool" : "blocked by the fleet";
}

/** Limits in a line: "$10.00 a day, $300.00 a month, blocks". */
export function limitsText(
  limits: { day: bigint | null; month: bigint | null },
  action: "block" | "warn" | "none",
): string {
  const parts = [
    limits.day === null ? null : `${formatUsd(limits.day)} a day`,
    limits.month === null ? null : `${formatUsd(limits.month)} a month`,
  ].filter((part) => part !== null);
  if (parts.length === 0) return "No limit";
  return `${parts.join(", ")}; ${{ block: "blocks", warn: "warns", none: "only shown" }[action]}`;
}

/** Whether a search finds a row: every word of it occurs in its name or its pool's. */
export function matchesBudgetSearch(row: { name: string; pool: string | null }, search: string): boolean {
  const text = `${row.name} ${row.pool ?? ""}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
