"use client";

import { formatUsd } from "#domain/money.ts";
import type { AgentDetail } from "#portal/client/answers.ts";
import { UsageBar } from "#portal/ui/charts/usage-bar.tsx";
import { classNames } from "#portal/ui/class-names.ts";
import { zonedTime } from "#portal/ui/format/instants.ts";
import { useNow } from "#portal/ui/format/viewer-clock.tsx";

type SharedBudget = AgentDetail["shared"][number];

const TONES = { none: "plain", ok: "plain", near: "near", reached: "near", blocked: "stop" } as const;
const TEXT_TONES = { plain: "text-ink", near: "text-near", stop: "text-stop" } as const;
const SPAN = { day: "today", month: "this month" } as const;

/** The budgets above an agent: whichever is used up first stops it. Whoever may not know amounts sees shares. */
export function SharedBudgets({ shared }: { shared: readonly SharedBudget[] }) {
  const now = useNow();
  return (
    <div className="grid gap-4">
      {shared.map((budget) => (
        <div key={budget.scope} className="grid gap-2">
          <h3 className="text-xs font-medium text-ink-muted">
            {budget.scope === "pool" ? `Shared with the pool “${budget.name}”` : "Shared with the whole fleet"}
          </h3>
          {budget.limits.map(({ period, usedPercent, resetsAt, limit }) => {
            const tone = usedPercent >= 80 ? TONES[budget.state] : "plain";
            return (
              <div key={period} className="grid gap-1.5 text-xs">
                <div className="flex flex-wrap justify-between gap-x-3">
                  <span className={classNames("font-medium", TEXT_TONES[tone])}>
                    {usedPercent}&nbsp;% {limit === null ? "used" : `of ${formatUsd(limit)}`} {SPAN[period]}
                  </span>
                  <span className="text-ink-muted">resets {zonedTime(resetsAt, now, budget.timeZone)}</span>
                </div>
                <UsageBar fillPercent={Math.min(100, usedPercent)} tone={tone} />
              </div>
            );
          })}
        </div>
      ))}
    </div>
  );
}
