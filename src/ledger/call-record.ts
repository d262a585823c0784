import type { HeliconeDue } from "#domain/helicone-log.ts";
import type { NanoUsd } from "#domain/money.ts";

export const CALL_OUTCOMES = ["completed", "incomplete", "failed", "refused"] as const;
/**
 * How a call ended. `completed`: answered in full. `incomplete`: cut, aborted, or the gateway died; charged for
 * what is known. `failed`: the upstream refused it or was never reached; costs nothing. `refused`: by us.
 */
export type CallOutcome = (typeof CALL_OUTCOMES)[number];

/** How the model's price was found; `none` where nothing was charged. */
export type PricedAs = "list" | "family" | "dearest" | "none";

/** A call at its admission: what is known before a byte of it has gone out. */
export type OpenCall = {
  /** A UUID, as a rule of version 7; shown to people and agents as `req_` and its 32 hexadecimal digits. */
  id: string;
  agentId: number;
  /** The call belongs to this instant everywhere: budget period, rollup, price list. */
  admittedAt: Date;
  requestedModel: string;
  isStreamed: boolean;
  requestBytes: number;
  /** From Claude Code's own headers; null when absent. Not trusted for identity. */
  sessionId: string | null;
  subagentId: string | null;
  promptId: string | null;
};

/** A call at its end: one row of the ledger. Null counts are counts that nobody reported. */
export type SettledCall = {
  id: string;
  agentId: number;
  admittedAt: Date;
  model: string;
  requestedModel: string;
  sessionId: string | null;
  subagentId: string | null;
  promptId: string | null;
  upstreamRequestId: string | null;
  errorType: string | null;
  outcome: CallOutcome;
  pricedAs: PricedAs;
  listCost: NanoUsd;
  inputTokens: number | null;
  outputTokens: number | null;
  cacheReadInputTokens: number | null;
  cacheCreation5mInputTokens: number | null;
  cacheCreation1hInputTokens: number | null;
  webSearchRequests: number | null;
  latencyMs: number | null;
  firstByteMs: number | null;
  overheadUs: number | null;
  status: number | null;
  isStreamed: boolean;
  isEstimated: boolean;
  /** What Helicone is still to be told of it; null: nothing. */
  helicone: HeliconeDue | null;
};

/** The id as people and agents see it. */
export function toRequestId(id: string): string {
  return `req_${id.replaceAll("-", "")}`;
}

const CONTROLS = /\p{Cc}/gu;
const HALF_CHARACTERS = /\p{Cs}/gu;

/**
 * Text from outside as the ledger keeps it: at most `lengthMax` long, without control characters and halves of
 * characters, which PostgreSQL does not take; null when nothing is left.
 */
export function toLedgerText(text: string, lengthMax: number): string | null {
  const kept = text.replace(CONTROLS, "").slice(0, lengthMax).replace(HALF_CHARACTERS, "");
  return kept === "" ? null : kept;
}
