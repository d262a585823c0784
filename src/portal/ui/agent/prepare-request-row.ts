import { formatUsd, type NanoUsd, toUsdText } from "#domain/money.ts";
import { BUILT_IN_PRICE_LIST, findPrice, normaliseModelId } from "#domain/price-list.ts";
import type { TokenSums } from "#portal/ui/agent/prepare-cost-shares.ts";
import { formatCompactCount, formatCount, formatDuration } from "#portal/ui/format/counts.ts";

/** One call, as the ledger keeps it. */
export type LedgerCall = {
  id: string;
  admittedAt: Date;
  model: string;
  requestedModel: string | null;
  outcome: "completed" | "incomplete" | "failed" | "refused";
  status: number | null;
  errorType: string | null;
  listCost: NanoUsd;
  pricedAs: "list" | "family" | "dearest" | "none";
  isEstimated: boolean;
  usage: { [K in keyof TokenSums]: number | null };
  latencyMs: number | null;
  firstByteMs: number | null;
  sessionId: string | null;
  subagentId: string | null;
  streamed: boolean;
  tags: { agentName: string; ownerName: string | null; type: string | null; template: string | null } | null;
};

/** A figure that may carry a reservation (`note`), or may not be known at all (`text` null, `note` says why). */
export type Figure = { text: string | null; note: string | null };

export type RequestView = {
  id: string;
  at: Date;
  model: string;
  modelNote: string | null;
  outcome: { label: string; tone: "plain" | "near" | "stop"; note: string };
  tokensIn: Figure;
  tokensOut: Figure;
  cost: Figure;
  /** To the nano-dollar: "$0.0816". */
  exactCost: string;
  priceFlag: { label: string; note: string } | null;
  latency: Figure;
  firstByte: Figure;
  session: { short: string; full: string } | null;
  subagentId: string | null;
  /** Owner, type and template at the call, as far as there were any. */
  tags: string;
};

const OUTCOMES = {
  completed: { label: "completed", tone: "plain", note: "Answered in full." },
  incomplete: {
    label: "incomplete",
    tone: "near",
    note: "The answer was cut: the client left, the upstream broke off, or the gateway ended.",
  },
  failed: { label: "failed", tone: "stop", note: "The upstream answered with an error." },
  refused: { label: "refused", tone: "stop", note: "Not let through by the gateway; nothing was spent." },
} as const;

const PRICE_FLAGS = {
  list: null,
  none: null,
  family: {
    label: "family price",
    note: "This model is not on the price list: charged at the dearest known price of its family.",
  },
  dearest: { label: "dearest price", note: "Nothing is known of this model: charged at the dearest price of all." },
} as const;

const NOT_REPORTED = "Nobody reported it.";
/** Of a call that was never made there is nothing to know: that is not the same as unknown. */
const NOT_MADE: Figure = { text: "–", note: "The call did not reach the upstream." };

/** One row of the latest calls: every text, reservation and tone it shows. */
export function prepareRequestRow(call: LedgerCall): RequestView {
  return {
    id: call.id,
    at: call.admittedAt,
    model: call.model,
    modelNote:
      call.requestedModel !== null && call.requestedModel !== call.model ? `Asked for ${call.requestedModel}.` : null,
    outcome: prepareOutcome(call),
    tokensIn: tokensFigure(call, [
      "inputTokens",
      "cacheReadInputTokens",
      "cacheCreation5mInputTokens",
      "cacheCreation1hInputTokens",
    ]),
    tokensOut: tokensFigure(call, ["outputTokens"]),
    cost: prepareCost(call),
    exactCost: `$${toUsdText(call.listCost)}`,
    priceFlag: PRICE_FLAGS[call.pricedAs] ?? priceOfAnother(call),
    latency: durationFigure(call, call.latencyMs),
    firstByte: durationFigure(call, call.firstByteMs),
    session: call.sessionId === null ? null : { short: call.sessionId.slice(0, 8), full: call.sessionId },
    subagentId: call.subagentId,
    tags: prepareTags(call.tags),
  };
}

/** The upstream named a model that no list knows; the one that was asked for has a price, which is what Claude Code reckons with too. */
function priceOfAnother({ model, requestedModel, pricedAs, admittedAt }: LedgerCall): RequestView["priceFlag"] {
  const isListed = (name: string) => findPrice(BUILT_IN_PRICE_LIST, normaliseModelId(name), admittedAt) !== null;
  if (pricedAs !== "list" || requestedModel === null || isListed(model) || !isListed(requestedModel)) return null;
  return {
    label: "price of the model asked for",
    note: `${model} is not on the price list: charged at the list price of ${requestedModel}, which was asked for.`,
  };
}

function prepareTags(tags: LedgerCall["tags"]): string {
  if (tags === null) return "Not kept.";
  const { ownerName, type, template } = tags;
  return [ownerName ?? "no owner", type ?? "no type", template].filter(Boolean).join(" · ");
}

function prepareOutcome({ outcome, status, errorType }: LedgerCall): RequestView["outcome"] {
  const { label, tone, note } = OUTCOMES[outcome];
  const code = status === null || status < 400 ? "" : ` ${status}`;
  return { label: `${label}${code}`, tone, note: errorType === null ? note : `${note} (${errorType})` };
}

function prepareCost({ outcome, listCost, isEstimated, pricedAs }: LedgerCall): Figure {
  if (outcome === "refused") return { text: formatUsd(listCost), note: OUTCOMES.refused.note };
  if (isEstimated)
    return { text: `≈ ${formatUsd(listCost)}`, note: "Estimated: the upstream's own token counts were not all seen." };
  return { text: formatUsd(listCost), note: pricedAs === "none" ? "Nothing was charged for this call." : null };
}

/** The sum of some counts; "≥" where only part of them is known. */
export function tokensFigure(call: LedgerCall, keys: (keyof TokenSums)[]): Figure {
  const known = keys.map((key) => call.usage[key]).filter((count) => count !== null);
  if (known.length === 0) return call.outcome === "refused" ? NOT_MADE : { text: null, note: NOT_REPORTED };
  const sum = known.reduce((total, count) => total + count, 0);
  const partly = known.length < keys.length ? "≥ " : "";
  return { text: `${call.isEstimated ? "≈ " : partly}${formatCompactCount(sum)}`, note: breakdown(call, keys) };
}

/** The counts of a call, in words. */
export const COUNT_NAMES: Record<keyof TokenSums, string> = {
  inputTokens: "input",
  outputTokens: "output",
  cacheReadInputTokens: "cache read",
  cacheCreation5mInputTokens: "cache write 5 min",
  cacheCreation1hInputTokens: "cache write 1 h",
  webSearchRequests: "web searches",
};

function breakdown(call: LedgerCall, keys: (keyof TokenSums)[]): string {
  return keys
    .map((key) => {
      const count = call.usage[key];
      return `${COUNT_NAMES[key]} ${count === null ? "unknown" : formatCount(count)}`;
    })
    .join(" · ");
}

function durationFigure({ outcome }: LedgerCall, durationMs: number | null): Figure {
  if (durationMs === null) return outcome === "refused" ? NOT_MADE : { text: null, note: NOT_REPORTED };
  return { text: formatDuration(durationMs), note: null };
}
