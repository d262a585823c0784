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
};

/** About four characters of text make a token; so do four bytes of a request, at the most. */
const CHARACTERS_PER_TOKEN = 4;

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
  return {
    ...identityOf(call),
    model: toLedgerText(metered.model ?? "", 200) ?? call.requestedModel,
    upstreamRequestId: toLedgerText(upstreamRequestId ?? "", 200),
    errorType: errorTypeOf(ending, metered),
    outcome,
    pricedAs: priced?.pricedAs ?? "none",
    listCost: priced?.listCost ?? 0n,
    ...countsOf(usage ?? UNREPORTED_USAGE),
    ...timing,
    status: ending.kind === "unsent" ? null : ending.status,
    isEstimated: outcome === "incomplete",
  };
}

/** A call that the gateway itself refused: a row without cost, so that people see what was stopped. */
export function refuseCall(call: OpenCall, refusal: { status: number; type: string }): SettledCall {
  return {
    ...identityOf(call),
    model: call.requestedModel,
    upstreamRequestId: null,
    errorType: refusal.type,
    outcome: "refused",
    pricedAs: "none",
    listCost: 0n,
    ...countsOf(UNREPORTED_USAGE),
    latencyMs: null,
    firstByteMs: null,
    overheadUs: null,
    status: refusal.status,
    isEstimated: false,
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

function identityOf(call: OpenCall) {
  const { id, agentId, admittedAt, requestedModel, sessionId, subagentId, promptId, isStreamed } = call;
  return { id, agentId, admittedAt, requestedModel, sessionId, subagentId, promptId, isStreamed };
}

function countsOf(usage: TokenUsage) {
  const { inputTokens, outputTokens, cacheReadInputTokens, webSearchRequests } = usage;
  const { cacheCreation5mInputTokens, cacheCreation1hInputTokens } = usage;
  return {
    inputTokens,
    outputTokens,
    cacheReadInputTokens,
    cacheCreation5mInputTokens,
    cacheCreation1hInputTokens,
    webSearchRequests,
  };
}
