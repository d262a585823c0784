"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { BudgetOverview } from "#portal/client/answers.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { limitsText } from "#portal/ui/budgets/prepare-budget-rows.ts";
import { SavedBy } from "#portal/ui/budgets/saved-by.tsx";
import { useSharedLimits } from "#portal/ui/budgets/use-shared-limits.ts";
import { countOf } from "#portal/ui/format/counts.ts";
import { LimitsForm } from "#portal/ui/limits/limits-form.tsx";
import { ratesText } from "#portal/ui/limits/prepare-rates.ts";
import { RatesForm } from "#portal/ui/limits/rates-form.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Dialog } from "#portal/ui/primitives/dialog.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";

type Defaults = BudgetOverview["defaults"];

/** What holds for each agent that has no limits of its own. */
export function DefaultPanel({ defaults }: { defaults: Defaults }) {
  const trpc = useTRPC();
  const rates = useQuery(trpc.rateLimits.defaults.queryOptions());
  const [open, setOpen] = useState<"limits" | "rates" | null>(null);
  const close = () => setOpen(null);
  return (
    <Panel
      title="The default"
      note={`For each agent without limits of its own, counted for it alone: ${countOf(defaults.followers, "agent")}.`}
    >
      <dl className="grid gap-3 text-sm">
        <Line label="Budget" text={limitsText(defaults.terms.limits, defaults.terms.actionOnExceed)}>
          <Button onClick={() => setOpen("limits")}>Edit…</Button>
        </Line>
        <Line label="Rate limits" text={rates.data === undefined ? "unknown" : capitalised(ratesText(rates.data))}>
          <Button disabled={rates.data === undefined} onClick={() => setOpen("rates")}>
            Edit rates…
          </Button>
        </Line>
      </dl>
      <div className="mt-3">
        <SavedBy save={defaults.save} />
      </div>
      <Dialog
        isOpen={open === "limits"}
        onClose={close}
        title="Default limits"
        description="A change is in force at once for every agent that follows the default."
        className="max-w-xl"
      >
        <DefaultLimits defaults={defaults} />
      </Dialog>
      <Dialog
        isOpen={open === "rates"}
        onClose={close}
        title="Default rate limits"
        description="For every agent that has none of its own, each by itself."
      >
        <DefaultRates />
      </Dialog>
    </Panel>
  );
}

function Line({ label, text, children }: { label: string; text: string; children: React.ReactNode }) {
  return (
    <div className="grid grid-cols-[1fr_auto] items-center gap-x-2">
      <dt className="text-xs text-ink-muted">{label}</dt>
      <dd className="row-start-2 font-medium">{text}</dd>
      <dd className="col-start-2 row-span-2 row-start-1">{children}</dd>
    </div>
  );
}

function DefaultLimits({ defaults: { terms, save } }: { defaults: Defaults }) {
  const shared = useSharedLimits({ scope: "default" });
  return <LimitsForm saved={{ ...terms, version: save.version }} saving={shared.saving} onSave={shared.save} />;
}

function DefaultRates() {
  const trpc = useTRPC();
  const query = useQuery(trpc.rateLimits.defaults.queryOptions());
  const set = useMutation(trpc.rateLimits.setDefaults.mutationOptions({ onSettled: () => query.refetch() }));
  if (query.data === undefined) return null;
  return (
    <RatesForm saved={query.data} saving={set} onSave={(rates, onSaved) => set.mutate(rates, { onSuccess: onSaved })} />
  );
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
