"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { BudgetOverview } from "#portal/client/answers.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { SavedBy } from "#portal/ui/budgets/saved-by.tsx";
import { useSharedLimits } from "#portal/ui/budgets/use-shared-limits.ts";
import { IncreaseDialog } from "#portal/ui/limits/increase-dialog.tsx";
import { IncreaseList } from "#portal/ui/limits/increase-list.tsx";
import { LimitsForm } from "#portal/ui/limits/limits-form.tsx";
import { savedLimitsOf } from "#portal/ui/limits/prepare-limits-draft.ts";
import { useReloadLimits } from "#portal/ui/limits/use-increases.ts";
import { type CountedSubject, SharedWhatIf } from "#portal/ui/limits/what-if-line.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Dialog } from "#portal/ui/primitives/dialog.tsx";

type Budget = BudgetOverview["fleet"]["budget"];
type LimitsDialogProps = {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  description: string;
  subject: CountedSubject;
  budget: Budget;
};

/** The limits of a pool or the fleet, and what is given on top of them. */
export function CountedLimitsDialog({ isOpen, onClose, title, description, ...content }: LimitsDialogProps) {
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={title} description={description} className="max-w-xl">
      <Content {...content} />
    </Dialog>
  );
}

function Content({ subject, budget }: { subject: CountedSubject; budget: Budget }) {
  const { saving, save } = useSharedLimits(subject);
  return (
    <div className="grid gap-4">
      <SavedBy save={budget} />
      <LimitsForm
        saved={{ ...savedLimitsOf(budget), version: budget.version }}
        saving={saving}
        onSave={save}
        renderWhatIf={(draft) => <SharedWhatIf subject={subject} draft={draft} />}
      />
      <SharedIncreases subject={subject} budget={budget} />
    </div>
  );
}

function SharedIncreases({ subject, budget }: { subject: CountedSubject; budget: Budget }) {
  const trpc = useTRPC();
  const reload = useReloadLimits();
  const [isGiving, setGiving] = useState(false);
  const query = useQuery(trpc.budgets.sharedIncreases.queryOptions({ subject }));
  const grant = useMutation(
    trpc.budgets.grantShared.mutationOptions({
      onSuccess: async () => {
        await reload();
        setGiving(false);
      },
    }),
  );
  if (budget.day.savedLimit === null && budget.month.savedLimit === null) return null;
  return (
    <section aria-label="More for a while" className="grid gap-2 border-t pt-3">
      <div className="flex items-center justify-between gap-2">
        <h3 className="text-sm font-medium">More for a while</h3>
        <Button
          onClick={() => {
            grant.reset();
            setGiving(true);
          }}
        >
          Give more…
        </Button>
      </div>
      <IncreaseList
        increases={query.data ?? []}
        timeZone={budget.timeZone}
        mayDecide
        empty={query.data === undefined ? "Loading…" : "Nothing has been given."}
      />
      <IncreaseDialog
        isOpen={isGiving}
        onClose={() => setGiving(false)}
        budget={budget}
        mode="give"
        saving={grant}
        onSave={(increase) => grant.mutate({ subject, increase })}
      />
    </section>
  );
}
