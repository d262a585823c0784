import {
  modelProblem,
  type PriceDraft,
  priceDraftProblem,
  promptTokensProblem,
  type TokenPricesDraft,
  toPriceDraft,
} from "#domain/price-draft.ts";
import type { ModelPrices } from "#portal/client/answers.ts";

/** What is typed in the form of a price. `from` "" is from now on, else a UTC instant as the browser writes it ("2026-12-01T00:00"). */
export type PriceForm = {
  model: string;
  from: string;
  standard: TokenPricesDraft;
  fast: TokenPricesDraft | null;
  longPrompt: { above: string; prices: TokenPricesDraft } | null;
};

export const NO_PRICES: TokenPricesDraft = {
  input: "",
  output: "",
  cacheRead: "",
  cacheCreation5m: "",
  cacheCreation1h: "",
};

/** What is to be changed: a model's price from now on (`id` null), or an entry that is not yet in force. */
export type PriceSubject = { model: string; known: ModelPrices | null; id: number | null };

/** The form as it opens: with the price that is there. */
export function toPriceForm({ model, known, id }: PriceSubject): PriceForm {
  const override = known?.overrides.find((entry) => entry.id === id);
  const price = override ?? known?.inForce ?? null;
  const from = override === undefined ? "" : override.effectiveFrom.toISOString().slice(0, 16);
  if (price === null) return { model, from, standard: NO_PRICES, fast: null, longPrompt: null };
  const { standard, fast, longPrompt } = toPriceDraft(price);
  const tier = longPrompt === null ? null : { above: String(longPrompt.abovePromptTokens), prices: longPrompt.prices };
  return { model, from, standard, fast, longPrompt: tier };
}

/** What the form says, as it is saved. */
export function toDraft({ standard, fast, longPrompt }: PriceForm): PriceDraft {
  const tier =
    longPrompt === null ? null : { abovePromptTokens: toTokens(longPrompt.above), prices: longPrompt.prices };
  return { standard, fast, longPrompt: tier };
}

/** The instant that was typed; null: from now on, or nothing that can be read. */
export function toEffectiveFrom(from: string): Date | null {
  const at = new Date(`${from}Z`);
  return from === "" || Number.isNaN(at.getTime()) ? null : at;
}

/** What is wrong with the instant, said while it is typed. */
export function fromProblem(from: string, now: Date): string | null {
  if (from === "") return null;
  const at = toEffectiveFrom(from);
  if (at === null) return "Choose a day and a time.";
  return at < now ? "This instant is over: past calls keep what they cost." : null;
}

/** What is wrong with the size of a long prompt. */
export function aboveProblem(above: string): string | null {
  return promptTokensProblem(toTokens(above));
}

/** Whether the form can be saved as it is. */
export function isComplete(form: PriceForm, now: Date): boolean {
  return (
    modelProblem(form.model) === null &&
    priceDraftProblem(toDraft(form)) === null &&
    fromProblem(form.from, now) === null
  );
}

function toTokens(text: string): number {
  return /^\d{1,12}$/.test(text.trim()) ? Number(text) : Number.NaN;
}
