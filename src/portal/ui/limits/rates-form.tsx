"use client";

import { type FormEvent, type ReactNode, useState } from "react";

import { failureOf } from "#portal/client/failure.ts";
import { SaveFailure, type Saving } from "#portal/ui/limits/limits-form.tsx";
import { type RatesDraft, rateDraftProblem, toRate, toRatesDraft } from "#portal/ui/limits/prepare-rates.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { TextField } from "#portal/ui/primitives/field.tsx";

type Rates = { requestsPerMinute: number | null; tokensPerMinute: number | null; version: number };

type RatesFormProps = {
  saved: Rates;
  saving: Saving;
  onSave: (rates: Rates, onSaved: () => void) => void;
  actions?: ReactNode;
  /** They may be saved though nothing was changed: they are not this agent's own yet. */
  mayAdopt?: boolean;
};

/** Sets limits per minute. What is being typed never overwrites unseen what somebody else has saved since. */
export function RatesForm({ saved, saving, onSave, actions, mayAdopt = false }: RatesFormProps) {
  const [edited, setEdited] = useState<{ draft: RatesDraft; version: number } | null>(null);
  const { draft, version } = edited ?? { draft: toRatesDraft(saved), version: saved.version };
  const change = (part: Partial<RatesDraft>) => setEdited({ draft: { ...draft, ...part }, version });
  const problems = {
    requests: rateDraftProblem("requests", draft.requests),
    tokens: rateDraftProblem("tokens", draft.tokens),
  };
  const input = { requestsPerMinute: toRate(draft.requests), tokensPerMinute: toRate(draft.tokens) };
  const isChanged =
    input.requestsPerMinute !== saved.requestsPerMinute || input.tokensPerMinute !== saved.tokensPerMinute;
  const canSave = problems.requests === null && problems.tokens === null && (isChanged || mayAdopt);
  // After a conflict the person has seen what is saved now: the next save is meant to replace it.
  const seenVersion = saving.error !== null && failureOf(saving.error).code === "CONFLICT" ? saved.version : version;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (canSave && !saving.isPending) onSave({ ...input, version: seenVersion }, () => setEdited(null));
  };
  return (
    <form onSubmit={submit} className="grid gap-3">
      <div className="grid gap-3 sm:grid-cols-2">
        <TextField
          label="Requests per minute"
          hint="Empty for no limit."
          inputMode="numeric"
          autoComplete="off"
          value={draft.requests}
          problem={problems.requests}
          onChange={(event) => change({ requests: event.target.value })}
        />
        <TextField
          label="Tokens per minute"
          hint="Empty for no limit."
          inputMode="numeric"
          autoComplete="off"
          value={draft.tokens}
          problem={problems.tokens}
          onChange={(event) => change({ tokens: event.target.value })}
        />
      </div>
      <p className="text-xs text-ink-muted">
        A call that comes too early is held for a moment, else refused with the time to wait: Claude Code waits and goes
        on. A call larger than the token limit passes when nothing else counts.
      </p>
      <SaveFailure error={saving.error} />
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" look="primary" isBusy={saving.isPending} disabled={!canSave}>
          Save rate limits
        </Button>
        {edited === null ? null : <Button onClick={() => setEdited(null)}>Discard changes</Button>}
        {actions}
        <p role="status" className="text-xs text-ink-muted">
          {saving.isSuccess && edited === null ? "Saved. They are in force for the next call." : ""}
        </p>
      </div>
    </form>
  );
}
