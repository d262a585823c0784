import type { HeliconeDue } from "#domain/helicone-log.ts";
import type { NanoUsd } from "#domain/money.ts";
import type { PriceList } from "#domain/price-list.ts";
import { priceCall } from "#domain/pricing.ts";
import { type TokenUsage, UNREPORTED_USAGE } from "#domain/token-usage.ts";
import type { Metered } from "#gateway/usage-meter.ts";
import { type CallOutcome, type OpenCall, type SettledCall, toLedgerText } from "#ledger/call-record.ts";

/** How the exchange with the upstream ended, seen from the gateway. */
export type Ending =
  /** The answer came and ended in order. `answered` false: an error status. */
  | { kind: "ended"; status: number }
  /** The request may have been worked on, but its answer did not come whole: cut, stalled, or the agent left. */
  | { kind: "cut"; status: number | null; errorType: string }
  /** The request never reached the upstream. */
  | { kind: "unsent"; errorType: string };

export type Timing = { latencyMs: number | null; firstByteMs: number | null; overheadUs: number | null };

type Settlement = {
  call: OpenCall;
  ending: Ending;
  metered: Metered;
  timing: Timing;
  upstreamRequestId: string | null;
  /** What Helicone is to be told of it afterwards; absent: nothing. */
  helicone?: HeliconeDue | null;
};

/** About four characters of text make a token; so do four bytes of a request, at the most. */
export const CHARACTERS_PER_TOKEN = 4;

/**
 * Turns the end of a call into its row of the ledger: outcome, counts and list cost. A call that did not end in
 * order is charged for what is known: the reported input, else a quarter of the request's bytes; the reported
 * output or a quarter of the streamed characters, whichever is more. Such rows are marked as estimated.
 */
export function settleCall(settlement: Settlement, prices: PriceList): SettledCall {
  const { call, ending, metered, timing, upstreamRequestId } = settlement;
  const outcome = outcomeOf(ending, metered);
  const usage = chargedUsage(outcome, call, metered);
  const models = [metered.model, call.requestedModel] as const;
  const priced = usage === null ? null : priceCall({ prices, models, usage, at: call.admittedAt });
  const result: Result = {
    model: toLedgerText(metered.model ?? "", 200) ?? call.requestedModel,
    upstreamRequestId: toLedgerText(upstreamRequestId ?? "", 200),
    errorType: errorTypeOf(ending, metered),
    outcome,
    pricedAs: priced?.pricedAs ?? "none",
    listCost: priced?.listCost ?? 0n,
    status: ending.kind === "unsent" ? null : ending.status,
  };
  return toSettledCall(call, result, {
    usage: usage ?? UNREPORTED_USAGE,
    timing,
    helicone: settlement.helicone ?? null,
  });
}

/** What a call has come to so far, by the same estimate that it would be charged by if it ended now. */
export function costSoFar(call: OpenCall, metered: Metered, prices: PriceList): NanoUsd {
  const models = [metered.model, call.requestedModel];
  return priceCall({ prices, models, usage: estimateUsage(call, metered), at: call.admittedAt }).listCost;
}

/** What the input of a call costs, as the upstream has reported it. */
export function inputCost(
  call: OpenCall,
  { model, usage }: Pick<Metered, "model" | "usage">,
  prices: PriceList,
): NanoUsd {
  const input = { ...usage, outputTokens: 0 };
  return priceCall({ prices, models: [model, call.requestedModel], usage: input, at: call.admittedAt }).listCost;
}

/** A call that the gateway itself refused: a row without cost, so that people see what was stopped. */
export function refuseCall(call: OpenCall, refusal: { status: number; type: string }): SettledCall {
  const result: Result = {
    model: call.requestedModel,
    upstreamRequestId: null,
    errorType: refusal.type,
    outcome: "refused",
    pricedAs: "none",
    listCost: 0n,
    status: refusal.status,
  };
  const timing = { latencyMs: null, firstByteMs: null, overheadUs: null };
  return toSettledCall(call, result, { usage: UNREPORTED_USAGE, timing, helicone: null });
}

type Result = Pick<
  SettledCall,
  "model" | "upstreamRequestId" | "errorType" | "outcome" | "pricedAs" | "listCost" | "status"
>;

/** Written out: to the engine, so many members spread together are a hash table, slower to make than all the rest. */
function toSettledCall(
  call: OpenCall,
  result: Result,
  { usage, timing, helicone }: { usage: TokenUsage; timing: Timing; helicone: HeliconeDue | null },
): SettledCall {
  return {
    id: call.id,
    agentId: call.agentId,
    admittedAt: call.admittedAt,
    requestedModel: call.requestedModel,
    sessionId: call.sessionId,
    subagentId: call.subagentId,
    promptId: call.promptId,
    isStreamed: call.isStreamed,
    model: result.model,
    upstreamRequestId: result.upstreamRequestId,
    errorType: result.errorType,
    outcome: result.outcome,
    pricedAs: result.pricedAs,
    listCost: result.listCost,
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    cacheReadInputTokens: usage.cacheReadInputTokens,
    cacheCreation5mInputTokens: usage.cacheCreation5mInputTokens,
    cacheCreation1hInputTokens: usage.cacheCreation1hInputTokens,
    webSearchRequests: usage.webSearchRequests,
    latencyMs: timing.latencyMs,
    firstByteMs: timing.firstByteMs,
    overheadUs: timing.overheadUs,
    status: result.status,
    isEstimated: result.outcome === "incomplete",
    helicone,
  };
}

function outcomeOf(ending: Ending, metered: Metered): CallOutcome {
  if (ending.kind === "unsent") return "failed";
  // An error or a redirection, whole or cut: nothing was generated.
  if (ending.status !== null && (ending.status < 200 || ending.status > 299)) return "failed";
  if (metered.isComplete) return "completed";
  // So it is where the body of a 200 is an error from its beginning.
  const isError = metered.errorType !== null && metered.usage.inputTokens === null;
  return isError ? "failed" : "incomplete";
}

/** What the call is charged for; null: for nothing. */
function chargedUsage(outcome: CallOutcome, call: OpenCall, metered: Metered): TokenUsage | null {
  if (outcome === "completed") return metered.usage;
  return outcome === "incomplete" ? estimateUsage(call, metered) : null;
}

function errorTypeOf(ending: Ending, metered: Metered): string | null {
  if (metered.isComplete && ending.kind !== "ended") return null;
  const ours = ending.kind === "ended" ? null : ending.errorType;
  return toLedgerText(metered.errorType ?? ours ?? "", 100);
}

function estimateUsage(call: OpenCall, { usage, streamedCharacters }: Metered): TokenUsage {
  return {
    ...usage,
    inputTokens: usage.inputTokens ?? Math.ceil(call.requestBytes / CHARACTERS_PER_TOKEN),
    outputTokens: Math.max(usage.outputTokens ?? 0, Math.ceil(streamedCharacters / CHARACTERS_PER_TOKEN)),
  };
}
