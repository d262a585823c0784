"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";

import { modelProblem } from "#domain/price-draft.ts";
import { normaliseModelId } from "#domain/price-list.ts";
import type { ModelPrices } from "#portal/client/answers.ts";
import { failureOf, failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { useNow } from "#portal/ui/format/viewer-clock.tsx";
import {
  fromProblem,
  isComplete,
  type PriceForm,
  type PriceSubject,
  toDraft,
  toEffectiveFrom,
  toPriceForm,
} from "#portal/ui/prices/prepare-price-form.ts";
import { TierFields } from "#portal/ui/prices/tier-fields.tsx";
import { TokenPriceFields } from "#portal/ui/prices/token-price-fields.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Dialog } from "#portal/ui/primitives/dialog.tsx";
import { TextField } from "#portal/ui/primitives/field.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";

type PriceDialogProps = { subject: PriceSubject; models: readonly ModelPrices[]; onClose: () => void };

/** Sets a model's price from an instant on. What is being typed never overwrites unseen what somebody else has saved since. */
export function PriceDialog({ subject, models, onClose }: PriceDialogProps) {
  const [form, setForm] = useState<PriceForm>(() => toPriceForm(subject));
  const [opened] = useState(models);
  const now = useNow();
  const { save, send } = useSave(subject, onClose);
  const change = (part: Partial<PriceForm>) => setForm({ ...form, ...part });
  const canSave = isComplete(form, now);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // After a conflict the person has seen what is saved now: the next save is meant to stand beside or replace it.
    const seen = save.error !== null && failureOf(save.error).code === "CONFLICT" ? models : opened;
    if (canSave && !save.isPending) send(form, markIn(seen, form.model));
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={subject.model === "" ? "Set a price" : `Price of ${subject.model}`}
      description="US dollars per million tokens. It holds for calls from its instant on; what earlier calls cost stays as it is."
    >
      <form onSubmit={submit} className="grid gap-3">
        <TextField
          label="Model"
          hint="As calls name it; dates and providers in the name do not matter."
          autoComplete="off"
          spellCheck={false}
          readOnly={subject.model !== ""}
          value={form.model}
          problem={form.model === "" ? null : modelProblem(form.model)}
          onChange={(event) => change({ model: event.target.value })}
        />
        <TextField
          label="Holds from (UTC)"
          type="datetime-local"
          hint="Empty: from now on."
          value={form.from}
          problem={fromProblem(form.from, now)}
          onChange={(event) => change({ from: event.target.value })}
        />
        <TokenPriceFields legend="Tokens" prices={form.standard} onChange={(standard) => change({ standard })} />
        <TierFields form={form} onChange={change} />
        {save.error ? <Notice tone="stop" title={failureText(save.error)} /> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" isBusy={save.isPending} disabled={!canSave}>
            Save price
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function useSave(subject: PriceSubject, onSaved: () => void) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const save = useMutation(
    trpc.prices.save.mutationOptions({
      onSuccess: onSaved,
      onSettled: () => queryClient.invalidateQueries(trpc.prices.pathFilter()),
    }),
  );
  const send = (form: PriceForm, mark: string) =>
    save.mutate({
      ...{ model: form.model, id: subject.id, mark },
      effectiveFrom: toEffectiveFrom(form.from),
      price: toDraft(form),
    });
  return { save, send };
}

function markIn(models: readonly ModelPrices[], typed: string): string {
  const model = normaliseModelId(typed);
  return models.find((known) => known.model === model)?.mark ?? "";
}
