"use client";

import { useState } from "react";

import type { BudgetOverview } from "#portal/client/answers.ts";
import { BudgetMeter } from "#portal/ui/budget/budget-meter.tsx";
import { forecastText } from "#portal/ui/budget/prepare-forecast.ts";
import { CountedLimitsDialog } from "#portal/ui/budgets/counted-limits-dialog.tsx";
import { SavedBy } from "#portal/ui/budgets/saved-by.tsx";
import { useNow } from "#portal/ui/format/viewer-clock.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";

/** One cap over all agents together. */
export function FleetPanel({ fleet: { budget, forecast } }: { fleet: BudgetOverview["fleet"] }) {
  const now = useNow();
  const [isOpen, setOpen] = useState(false);
  return (
    <Panel
      title="The whole fleet"
      note="One cap over all agents together."
      actions={<Button onClick={() => setOpen(true)}>{budget.state === "none" ? "Set a cap…" : "Edit…"}</Button>}
    >
      <div className="grid gap-4">
        {(["day", "month"] as const).map((period) => {
          const text = forecastText(budget, { period, forecast: forecast[period] }, now);
          return (
            <div key={period} className="grid gap-1.5">
              <BudgetMeter budget={budget} period={period} />
              {text === null ? null : <p className="text-xs text-ink-muted">{text}</p>}
            </div>
          );
        })}
        <SavedBy save={budget} />
      </div>
      <CountedLimitsDialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title="The fleet's cap"
        description="Over all agents together, whatever their own limits say."
        subject={{ scope: "fleet" }}
        budget={budget}
      />
    </Panel>
  );
}
