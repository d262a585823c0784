import { formatUsd } from "#domain/money.ts";
import type { BudgetStatus } from "#portal/client/answers.ts";

const ACTION_WORDS = {
  block: "At a limit, the next call is refused before it reaches the upstream.",
  warn: "At a limit, a warning is recorded and calls continue.",
  none: "Limits are only shown; nothing is refused and nobody is warned.",
} as const;

/** The limits for somebody who may not change them. */
export function ReadOnlyLimits({ budget }: { budget: BudgetStatus }) {
  const warnings = budget.warningThresholds.map((percent) => `${percent} %`).join(", ");
  return (
    <div className="grid gap-3 text-sm">
      <dl className="grid grid-cols-2 gap-3">
        {(["day", "month"] as const).map((period) => {
          const { limit, savedLimit } = budget[period];
          return (
            <div key={period}>
              <dt className="text-xs text-ink-muted">{period === "day" ? "Daily limit" : "Monthly limit"}</dt>
              <dd className="text-lg font-semibold">{limit === null ? "none" : formatUsd(limit)}</dd>
              {limit === savedLimit || savedLimit === null ? null : (
                <dd className="text-xs text-ink-muted">{formatUsd(savedLimit)} and an increase</dd>
              )}
            </div>
          );
        })}
      </dl>
      <p>{ACTION_WORDS[budget.actionOnExceed]}</p>
      <p className="text-ink-muted">
        {warnings === "" ? "No warnings." : `Warnings at ${warnings}.`} Days and months begin by the clocks of{" "}
        {budget.timeZone}.
      </p>
      <p className="text-ink-muted">
        Only admins change limits, because they answer for the bill. Ask for more if this agent needs it.
      </p>
    </div>
  );
}
