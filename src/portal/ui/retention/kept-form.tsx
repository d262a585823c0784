"use client";

import { type FormEvent, useState } from "react";

import { KEPT_DAYS_USUAL, type KeptDays, keptDaysProblem } from "#domain/retention.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { TextField } from "#portal/ui/primitives/field.tsx";
import { ChangeKept } from "#portal/ui/retention/change-kept.tsx";
import { draftDays, draftProblem } from "#portal/ui/retention/kept-words.ts";

/** Sets how long calls are kept; asks first, for what is removed does not come back. */
export function KeptForm({ saved }: { saved: KeptDays }) {
  const [isForEver, setForEver] = useState(saved === null);
  const [text, setText] = useState(String(saved ?? KEPT_DAYS_USUAL));
  const [asked, setAsked] = useState<{ keptDays: KeptDays } | null>(null);
  const keptDays = isForEver ? null : draftDays(text);
  const canSave = keptDaysProblem(keptDays) === null && keptDays !== saved;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (canSave) setAsked({ keptDays });
  };
  return (
    <form onSubmit={submit} className="grid max-w-sm gap-3 border-t pt-4">
      <TextField
        label="Days to keep single calls"
        hint="From 40 to 3,650 days: reports and insights look at up to 31."
        inputMode="numeric"
        autoComplete="off"
        value={text}
        disabled={isForEver}
        problem={isForEver ? null : draftProblem(text)}
        onChange={(event) => setText(event.target.value)}
      />
      <label className="flex items-center gap-2 text-sm">
        <input
          type="checkbox"
          checked={isForEver}
          onChange={(event) => setForEver(event.target.checked)}
          className="accent-accent"
        />
        Keep them for ever
      </label>
      <div>
        <Button type="submit" look="primary" disabled={!canSave}>
          Save
        </Button>
      </div>
      {asked === null ? null : <ChangeKept keptDays={asked.keptDays} onClose={() => setAsked(null)} />}
    </form>
  );
}
