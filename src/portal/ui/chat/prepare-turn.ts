import { formatUsd } from "#domain/money.ts";
import type { ChatTurn } from "#portal/client/answers.ts";
import type { StreamRefusal } from "#portal/client/chat-stream.ts";
import { countOf } from "#portal/ui/format/counts.ts";

/** How many of the latest turns a page asks for. */
export const TURNS_SHOWN = 20;

const ENDINGS: Record<string, string> = {
  budget_exceeded: "stopped by a budget",
  paused: "stopped by a pause",
  rate_limited: "too fast",
  client_left: "stopped",
  portal_stopped: "the portal stopped",
  agent_timeout: "took too long",
  time_limit: "took too long",
};

/** What a turn cost by the ledger: "$0.0123 · 3 calls". A turn without a call cost nothing, unless its calls are kept no longer. */
export function prepareTurnCost({ listCost, calls, isEstimated, finishedAt }: ChatTurn): string {
  if (listCost === null) return "Cost unknown: its calls are no longer kept";
  if (calls === 0) return finishedAt === null ? "" : "No calls, no cost";
  return `${formatUsd(listCost)}${isEstimated ? " (estimated)" : ""} · ${countOf(calls, "call")}`;
}

/** How a turn ended, in a word or two; null for one that was answered or still runs. */
export function prepareTurnEnding({ errorCode, finishedAt }: ChatTurn): string | null {
  if (finishedAt === null) return "running";
  return errorCode === null ? null : (ENDINGS[errorCode] ?? "failed");
}

/** What stopped the agent, as the title of a refusal. */
export function refusalTitle({ code, budget }: Pick<StreamRefusal, "code" | "budget">, agentName: string): string {
  if (budget === "pool") return `${agentName} was stopped by its pool’s budget`;
  if (budget === "fleet") return `${agentName} was stopped by the fleet’s budget`;
  if (budget === "agent") return `${agentName} was stopped by its budget`;
  if (code === "paused") return `${agentName} is paused`;
  return code === "rate_limited" ? `${agentName} is calling too fast` : "There is no answer";
}
