"use client";

import { aboveProblem, NO_PRICES, type PriceForm } from "#portal/ui/prices/prepare-price-form.ts";
import { TokenPriceFields } from "#portal/ui/prices/token-price-fields.tsx";
import { TextField } from "#portal/ui/primitives/field.tsx";

type TierFieldsProps = { form: PriceForm; onChange: (part: Partial<PriceForm>) => void };

/** Other prices for long prompts and for the fast mode, where the model has them. */
export function TierFields({ form, onChange }: TierFieldsProps) {
  const { longPrompt, fast } = form;
  return (
    <>
      <Choice
        label="Long prompts cost otherwise"
        isOn={longPrompt !== null}
        onChange={(isOn) => onChange({ longPrompt: isOn ? { above: "200000", prices: form.standard } : null })}
      />
      {longPrompt === null ? null : (
        <>
          <TextField
            label="Above this many tokens of prompt"
            inputMode="numeric"
            autoComplete="off"
            value={longPrompt.above}
            problem={aboveProblem(longPrompt.above)}
            onChange={(event) => onChange({ longPrompt: { ...longPrompt, above: event.target.value } })}
          />
          <TokenPriceFields
            legend="Tokens of long prompts"
            prices={longPrompt.prices}
            onChange={(prices) => onChange({ longPrompt: { ...longPrompt, prices } })}
          />
        </>
      )}
      <Choice
        label="The fast mode costs otherwise"
        isOn={fast !== null}
        onChange={(isOn) => onChange({ fast: isOn ? NO_PRICES : null })}
      />
      {fast === null ? null : (
        <TokenPriceFields
          legend="Tokens in the fast mode"
          prices={fast}
          onChange={(prices) => onChange({ fast: prices })}
        />
      )}
    </>
  );
}

type ChoiceProps = { label: string; isOn: boolean; onChange: (isOn: boolean) => void };

function Choice({ label, isOn, onChange }: ChoiceProps) {
  return (
    <label className="flex min-h-8 items-center gap-2 text-sm">
      <input
        type="checkbox"
        checked={isOn}
        onChange={(event) => onChange(event.target.checked)}
        className="size-4 accent-accent"
      />
      {label}
    </label>
  );
}
