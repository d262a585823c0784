"use client";

import { type FormEvent, useState } from "react";

import { amountProblem } from "#domain/limit-rules.ts";
import { parseUsd } from "#domain/money.ts";
import type { BudgetPeriod } from "#domain/period.ts";
import type { BudgetStatus } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { useNow } from "#portal/ui/format/viewer-clock.tsx";
import type { Saving } from "#portal/ui/limits/limits-form.tsx";
import { endChoices } from "#portal/ui/limits/prepare-increase.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Dialog } from "#portal/ui/primitives/dialog.tsx";
import { SelectField, TextField } from "#portal/ui/primitives/field.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";

export type IncreaseToSave = { period: BudgetPeriod; amount: string; reason: string; endsAt: Date };

type IncreaseDialogProps = {
  isOpen: boolean;
  onClose: () => void;
  budget: BudgetStatus;
  /** Admins give, owners ask. */
  mode: "give" | "ask";
  saving: Saving;
  onSave: (increase: IncreaseToSave) => void;
};

const WORDS = {
  give: {
    title: "Give more for a while",
    description: "On top of the saved limit, from now on. It ends by itself.",
    action: "Give it",
  },
  ask: {
    title: "Ask for more",
    description: "Admins are told at once. The limit stays as it is until one of them grants it.",
    action: "Ask for it",
  },
} as const;

/** More of one limit for a while. */
export function IncreaseDialog({ isOpen, onClose, ...form }: IncreaseDialogProps) {
  const { title, description } = WORDS[form.mode];
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={title} description={description}>
      <IncreaseForm {...form} onCancel={onClose} />
    </Dialog>
  );
}

type IncreaseFormProps = Omit<IncreaseDialogProps, "isOpen" | "onClose"> & { onCancel: () => void };

function IncreaseForm({ budget, mode, saving, onSave, onCancel }: IncreaseFormProps) {
  const choices = endChoices(budget, useNow());
  const periods = (["day", "month"] as const).filter((period) => budget[period].savedLimit !== null);
  const [period, setPeriod] = useState<BudgetPeriod>(periods[0] ?? "day");
  const [amount, setAmount] = useState("");
  const [reason, setReason] = useState("");
  const [end, setEnd] = useState("today");
  const typed = amount.trim();
  const problem =
    typed === "" ? null : (amountProblem(typed) ?? (parseUsd(typed) === 0n ? "is 0: write how much more." : null));
  const canSave = typed !== "" && problem === null && reason.trim() !== "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const choice = choices.find(({ id }) => id === end);
    if (canSave && !saving.isPending && choice) onSave({ period, amount: typed, reason, endsAt: choice.endsAt });
  };
  return (
    <form onSubmit={submit} className="grid gap-3">
      <div className="grid gap-3 sm:grid-cols-2">
        <SelectField
          label="Of which limit"
          value={period}
          onChange={(event) => setPeriod(event.target.value === "month" ? "month" : "day")}
        >
          {periods.map((known) => (
            <option key={known} value={known}>
              {known === "day" ? "The daily limit" : "The monthly limit"}
            </option>
          ))}
        </SelectField>
        <TextField
          label="How much more"
          prefix="$"
          inputMode="decimal"
          autoComplete="off"
          value={amount}
          problem={problem === null ? null : `The amount ${problem}`}
          onChange={(event) => setAmount(event.target.value)}
        />
      </div>
      <SelectField label="Until" value={end} onChange={(event) => setEnd(event.target.value)}>
        {choices.map(({ id, label }) => (
          <option key={id} value={id}>
            {label}
          </option>
        ))}
      </SelectField>
      <TextField
        label="Reason"
        hint="Others will read it."
        maxLength={300}
        autoComplete="off"
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      {saving.error ? <Notice tone="stop" title={failureText(saving.error)} /> : null}
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="primary" isBusy={saving.isPending} disabled={!canSave}>
          {WORDS[mode].action}
        </Button>
      </div>
    </form>
  );
}
