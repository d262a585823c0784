"use client";

import { TOKEN_PRICE_NAMES, TOKEN_PRICE_WORDS, type TokenPricesDraft, tokenPriceProblem } from "#domain/price-draft.ts";
import { TextField } from "#portal/ui/primitives/field.tsx";

type TokenPriceFieldsProps = {
  legend: string;
  prices: TokenPricesDraft;
  onChange: (prices: TokenPricesDraft) => void;
};

/** The five prices of tokens. What is empty is wanted, and only said once something else was typed. */
export function TokenPriceFields({ legend, prices, onChange }: TokenPriceFieldsProps) {
  const isBegun = TOKEN_PRICE_NAMES.some((name) => prices[name].trim() !== "");
  const problemOf = (text: string) => (text.trim() === "" && !isBegun ? null : tokenPriceProblem(text));
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-semibold">{legend}</legend>
      <div className="grid gap-x-3 gap-y-1 sm:grid-cols-2">
        {TOKEN_PRICE_NAMES.map((name) => {
          const problem = problemOf(prices[name]);
          return (
            <TextField
              key={name}
              label={TOKEN_PRICE_WORDS[name]}
              prefix="$"
              inputMode="decimal"
              autoComplete="off"
              value={prices[name]}
              problem={problem === null ? null : `This ${problem}`}
              onChange={(event) => onChange({ ...prices, [name]: event.target.value })}
            />
          );
        })}
      </div>
    </fieldset>
  );
}
