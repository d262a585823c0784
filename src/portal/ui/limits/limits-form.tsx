"use client";

import { type FormEvent, type ReactNode, useState } from "react";

import { failureOf, failureText } from "#portal/client/failure.ts";
import { LimitsFields } from "#portal/ui/limits/limits-fields.tsx";
import {
  draftAdvice,
  draftProblems,
  isChanged,
  type LimitsDraft,
  type SavedLimits,
  toDraft,
  toInput,
} from "#portal/ui/limits/prepare-limits-draft.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";

/** A call that saves something. */
export type Saving = { isPending: boolean; isSuccess: boolean; error: unknown; reset: () => void };

export type LimitsToSave = ReturnType<typeof toInput> & { version: number };

type LimitsFormProps = {
  saved: SavedLimits & { version: number };
  saving: Saving;
  /** Saves; afterwards `saved` is what is in force. `onConflict` gets the version that is saved meanwhile. */
  onSave: (limits: LimitsToSave, outcome: { onSaved: () => void; onConflict: (version: number) => void }) => void;
  /** What these limits would have done. */
  renderWhatIf?: (draft: LimitsDraft) => ReactNode;
  /** Beside the buttons: what else can be done with these limits. */
  actions?: ReactNode;
  /** Limits may be saved though nothing was changed: they are not this subject's own yet. */
  mayAdopt?: boolean;
};

/** What is being typed, and the version of the limits that the person saw when they began. */
type Edited = { draft: LimitsDraft; version: number };

/**
 * Sets limits. Untouched it follows what is saved; what is being typed is never overwritten, and never overwrites unseen
 * what somebody else has saved since.
 */
export function LimitsForm({ saved, saving, onSave, renderWhatIf, actions, mayAdopt = false }: LimitsFormProps) {
  const [edited, setEdited] = useState<Edited | null>(null);
  const { draft, version } = edited ?? { draft: toDraft(saved), version: saved.version };
  const change = (part: Partial<LimitsDraft>) => setEdited({ draft: { ...draft, ...part }, version });
  const problems = draftProblems(draft);
  const isSound = Object.values(problems).every((problem) => problem === null);
  const canSave = isSound && (mayAdopt || isChanged(draft, saved));

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!canSave || saving.isPending) return;
    onSave(
      { ...toInput(draft), version },
      {
        onSaved: () => setEdited(null),
        onConflict: (newer) => setEdited((before) => before && { ...before, version: newer }),
      },
    );
  };

  return (
    <form onSubmit={submit} className="grid gap-3">
      <LimitsFields draft={draft} problems={problems} onChange={change} />
      <div aria-live="polite" className="grid min-h-4.5 gap-1 text-xs text-ink-muted">
        {[draftAdvice(draft)].map((advice) => (advice === null ? null : <p key={advice}>{advice}</p>))}
        {isSound && renderWhatIf !== undefined ? renderWhatIf(draft) : null}
      </div>
      <SaveFailure error={saving.error} />
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" look="primary" isBusy={saving.isPending} disabled={!canSave}>
          Save limits
        </Button>
        {edited === null ? null : <Button onClick={() => setEdited(null)}>Discard changes</Button>}
        {actions}
        <p role="status" className="text-xs text-ink-muted">
          {saving.isSuccess && edited === null ? "Saved. It is in force for the next call." : ""}
        </p>
      </div>
    </form>
  );
}

/** Why saving did not work; after a conflict, what to do. */
export function SaveFailure({ error }: { error: unknown }) {
  if (error === null) return null;
  const isConflict = failureOf(error).code === "CONFLICT";
  return (
    <Notice tone={isConflict ? "near" : "stop"} title={failureText(error)}>
      {isConflict
        ? "The saved values on this page are up to date now, and what you typed is still here. Save again to put it in their place."
        : null}
    </Notice>
  );
}
