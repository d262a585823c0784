"use client";

import { formatUsd } from "#domain/money.ts";
import {
  type BudgetOutline,
  type BudgetStatus,
  preparePeriod,
  prepareTightest,
  type StoppedBy,
  stateWord,
} from "#portal/ui/budget/prepare-budget.ts";
import { UsageBar } from "#portal/ui/charts/usage-bar.tsx";
import { classNames } from "#portal/ui/class-names.ts";
import { useNow } from "#portal/ui/format/viewer-clock.tsx";

const TEXT_TONES = { plain: "text-ink-muted", near: "text-near", stop: "text-stop" } as const;

type MeterProps = { budget: BudgetStatus; period: "day" | "month"; className?: string };

/** A number and its sign are one word. */
function keepTogether(words: string): string {
  return words.replaceAll(" %", "\u00a0%");
}

/** One period of a budget: bar, share in words, and when it starts anew. */
export function BudgetMeter({ budget, period, className }: MeterProps) {
  const now = useNow();
  const view = preparePeriod(budget, period, now);
  return (
    <div className={classNames("grid gap-1.5 text-xs", className)}>
      <div className="flex flex-wrap justify-between gap-x-3">
        <span className={classNames("font-medium", view.tone === "plain" ? "text-ink" : TEXT_TONES[view.tone])}>
          {keepTogether(view.words)}
        </span>
        <span className="text-ink-muted">{view.resets}</span>
      </div>
      <UsageBar fillPercent={view.fillPercent ?? 0} tone={view.tone} marks={view.marks} />
    </div>
  );
}

/** A whole budget in one line: the period that is closest to its limit, and what above it stops the agent. */
export function BudgetSummary({ budget, stoppedBy = null }: { budget: BudgetOutline; stoppedBy?: StoppedBy | null }) {
  const view = prepareTightest(budget);
  const word = stateWord(budget.state, stoppedBy);
  if (view === null) {
    return (
      <span className={classNames("text-xs", word === null ? "text-ink-muted" : "text-stop")}>
        {word ?? "No limit"}
      </span>
    );
  }
  const tone = stoppedBy === null ? view.tone : "stop";
  return (
    <div className="grid gap-1">
      <UsageBar fillPercent={view.fillPercent ?? 0} tone={view.tone} className="h-1.5" />
      <span className={classNames("text-xs", TEXT_TONES[tone])}>
        {word === null ? null : <strong className="font-semibold">{word}: </strong>}
        {keepTogether(view.words)}
      </span>
    </div>
  );
}

/** One period of a budget where room is short. */
export function BudgetShare({ budget, period }: { budget: BudgetStatus; period: "day" | "month" }) {
  const view = preparePeriod(budget, period, useNow());
  const { spent, limit } = budget[period];
  return (
    <div className="grid gap-1">
      {view.fillPercent === null ? null : (
        <UsageBar fillPercent={view.fillPercent} tone={view.tone} marks={view.marks} className="h-1.5" />
      )}
      <span className={classNames("text-xs", TEXT_TONES[view.tone])}>
        {formatUsd(spent)}{" "}
        {limit === null ? <span className="text-ink-faint">no limit</span> : `of ${formatUsd(limit)}`}
      </span>
    </div>
  );
}
