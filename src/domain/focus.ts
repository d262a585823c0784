import type { CsvValue } from "#domain/csv.ts";
import { type NanoUsd, toUsdText } from "#domain/money.ts";
import { periodAt, type Span } from "#domain/period.ts";
import { findPrice, type PriceList } from "#domain/price-list.ts";
import type { TokenPrices } from "#domain/prices.ts";
import { priceCall, type SkuMeter } from "#domain/pricing.ts";
import { UNREPORTED_USAGE } from "#domain/token-usage.ts";

/** What is counted and paid for, as sums over calls. */
export type MeteredTokens = {
  inputTokens: number;
  outputTokens: number;
  cacheReadInputTokens: number;
  cacheCreation5mInputTokens: number;
  cacheCreation1hInputTokens: number;
  webSearchRequests: number;
};

/** What one agent's calls to one model cost on one UTC day. Cost in nano-USD. */
export type DayUse = {
  dayStart: Date;
  agentId: number;
  agentName: string;
  ownerName: string | null;
  type: string | null;
  template: string | null;
  model: string;
  requests: number;
  failedRequests: number;
  refusedRequests: number;
  listCost: NanoUsd;
  tokens: MeteredTokens;
};

/** A part of a day's cost. `meter` null: what the calls cost without that anything of theirs was counted. */
export type MeterCost = { meter: SkuMeter | null; quantity: number; unitPrice: NanoUsd | null; listCost: NanoUsd };

const METERS: readonly [SkuMeter, keyof MeteredTokens, keyof TokenPrices | null][] = [
  ["Input Tokens", "inputTokens", "input"],
  ["Output Tokens", "outputTokens", "output"],
  ["Cache Write 5m Tokens", "cacheCreation5mInputTokens", "cacheCreation5m"],
  ["Cache Write 1h Tokens", "cacheCreation1hInputTokens", "cacheCreation1h"],
  ["Cache Read Tokens", "cacheReadInputTokens", "cacheRead"],
  ["Web Search Requests", "webSearchRequests", null],
];
const PER_MILLION = 1_000_000n;

/**
 * Splits the recorded cost of a day's calls among what was counted, in the proportion of the model's standard prices then. The
 * parts add up to the recorded cost, to the nano-dollar. Where all calls were charged at these prices, each part is what its
 * tokens cost, within the rounding of each call, and has its unit price (nano-USD per million tokens, or per search); where
 * some were not (fast mode, long prompts, a geography), the parts are shares and have none. Pure.
 */
export function splitByMeter(prices: PriceList, { model, dayStart, listCost, requests, tokens }: DayUse): MeterCost[] {
  const standard = standardPrices(prices, model, dayStart);
  const counted = METERS.flatMap(([meter, count, priceOf]) => {
    const quantity = tokens[count];
    if (quantity === 0) return [];
    const unitPrice = priceOf === null ? prices.webSearchPerRequest * PER_MILLION : (standard?.[priceOf] ?? 0n);
    return [{ meter, quantity, unitPrice, weight: unitPrice * BigInt(quantity) }];
  });
  const whole = counted.reduce((sum, { weight }) => sum + weight, 0n);
  if (whole === 0n) return listCost === 0n ? [] : [{ meter: null, quantity: requests, unitPrice: null, listCost }];
  const difference = listCost * PER_MILLION - whole;
  const isStandard = (difference < 0n ? -difference : difference) <= PER_MILLION * BigInt(requests);
  let weightSoFar = 0n;
  let costSoFar = 0n;
  return counted.map(({ meter, quantity, unitPrice, weight }) => {
    weightSoFar += weight;
    const upTo = (listCost * weightSoFar) / whole; // rounding is carried on, so that nothing is lost
    const part = { meter, quantity, unitPrice: isStandard ? unitPrice : null, listCost: upTo - costSoFar };
    costSoFar = upTo;
    return part;
  });
}

/** An unknown model's are those by which it is charged. */
function standardPrices(prices: PriceList, model: string, at: Date): TokenPrices | null {
  const usage = { ...UNREPORTED_USAGE, outputTokens: 1 };
  return findPrice(prices, priceCall({ prices, models: [model], usage, at }).model, at)?.standard ?? null;
}

type FocusRow = { use: DayUse; part: MeterCost; day: Span; month: Span };
type FocusColumn = [name: string, cellOf: (row: FocusRow) => CsvValue];

const cost = ({ part }: FocusRow) => toUsdText(part.listCost);
const quantity = ({ part }: FocusRow) => part.quantity;
const unitOf = ({ part }: FocusRow) => {
  if (part.meter === null) return "Requests";
  return part.meter === "Web Search Requests" ? "Requests" : "Tokens";
};
const unitPrice = ({ part }: FocusRow) => (part.unitPrice === null ? null : perUnitText(part.unitPrice));

/**
 * The columns of the FinOps Open Cost and Usage Specification (FOCUS) 1.2 that apply to usage at list price. There is no invoice behind
 * them and no discount: billed, effective, contracted and list cost are the same.
 */
export const FOCUS_COLUMNS: readonly FocusColumn[] = [
  ["BilledCost", cost],
  ["BillingAccountId", () => "trinity"],
  ["BillingAccountName", () => "Trinity LLM Observability"],
  ["BillingCurrency", () => "USD"],
  ["BillingPeriodEnd", ({ month }) => month.end],
  ["BillingPeriodStart", ({ month }) => month.start],
  ["ChargeCategory", () => "Usage"],
  ["ChargeClass", () => null],
  ["ChargeDescription", ({ use, part }) => `${part.meter ?? "Calls without counts"}, ${use.model}`],
  ["ChargeFrequency", () => "Usage-Based"],
  ["ChargePeriodEnd", ({ day }) => day.end],
  ["ChargePeriodStart", ({ day }) => day.start],
  ["ConsumedQuantity", quantity],
  ["ConsumedUnit", unitOf],
  ["ContractedCost", cost],
  ["ContractedUnitPrice", unitPrice],
  ["EffectiveCost", cost],
  ["InvoiceIssuerName", () => "Anthropic"],
  ["ListCost", cost],
  ["ListUnitPrice", unitPrice],
  ["PricingCategory", () => "Standard"],
  ["PricingCurrency", () => "USD"],
  ["PricingQuantity", quantity],
  ["PricingUnit", unitOf],
  ["ProviderName", () => "Anthropic"],
  ["PublisherName", () => "Anthropic"],
  ["ResourceId", ({ use }) => `agent:${use.agentId}`],
  ["ResourceName", ({ use }) => use.agentName],
  ["ResourceType", () => "Agent"],
  ["ServiceCategory", () => "AI and Machine Learning"],
  ["ServiceName", () => "Claude API"],
  ["ServiceSubcategory", () => "Generative AI"],
  ["SkuId", ({ use }) => use.model],
  ["SkuMeter", ({ part }) => part.meter],
  ["SkuPriceId", ({ use, part }) => (part.meter === null ? use.model : `${use.model}/${part.meter}`)],
  ["Tags", ({ use }) => tagsOf(use)],
];

/** The lines of a day's use, one for each meter that cost or counted anything. Pure. */
export function focusLines(prices: PriceList, use: DayUse): CsvValue[][] {
  const [day, month] = [periodAt("day", use.dayStart), periodAt("month", use.dayStart)];
  return splitByMeter(prices, use).map((part) => FOCUS_COLUMNS.map(([, cellOf]) => cellOf({ use, part, day, month })));
}

function tagsOf({ ownerName, type, template }: DayUse): string {
  const tags = Object.entries({ owner: ownerName, type, template }).filter(([, value]) => value !== null);
  return JSON.stringify(Object.fromEntries(tags));
}

const DECIMALS_PER_MILLION = 15;

/** Dollars for one unit, exactly, of nano-dollars for a million of them. */
function perUnitText(perMillion: NanoUsd): string {
  const digits = perMillion.toString().padStart(DECIMALS_PER_MILLION + 1, "0");
  const fraction = digits.slice(-DECIMALS_PER_MILLION).replace(/0+$/, "");
  return `${digits.slice(0, -DECIMALS_PER_MILLION)}${fraction === "" ? "" : `.${fraction}`}`;
}
