"use client";

import { ChevronRight } from "lucide-react";
import { useId } from "react";

import { BUDGET_ACTIONS, type BudgetAction, RESERVATION_MODES, type ReservationMode } from "#domain/budget.ts";
import type { DraftProblems, LimitsDraft } from "#portal/ui/limits/prepare-limits-draft.ts";
import { SelectField, TextField } from "#portal/ui/primitives/field.tsx";

const ACTIONS: Record<BudgetAction, { label: string; effect: string }> = {
  block: {
    label: "Block",
    effect:
      "The next call is refused. The agent stops at once and says that its limit is reached; its session stays intact.",
  },
  warn: { label: "Warn", effect: "Calls continue. Each warning that is reached is recorded, shown and sent." },
  none: { label: "Nothing", effect: "Limits are shown on the bars and have no other effect." },
};

const RESERVATIONS: Record<ReservationMode, string> = {
  expected: "Its expected cost: many calls at once",
  guaranteed: "The most it can cost: at most one call over",
};

type FieldsProps = { draft: LimitsDraft; problems: DraftProblems; onChange: (part: Partial<LimitsDraft>) => void };

/** All that limits say; what is seldom changed is folded away. */
export function LimitsFields({ draft, problems, onChange }: FieldsProps) {
  return (
    <>
      <div className="grid gap-3 sm:grid-cols-2">
        <LimitField
          label="Daily limit"
          text={draft.daily}
          problem={problems.daily}
          onChange={(daily) => onChange({ daily })}
        />
        <LimitField
          label="Monthly limit"
          text={draft.monthly}
          problem={problems.monthly}
          onChange={(monthly) => onChange({ monthly })}
        />
      </div>
      <ActionChoice chosen={draft.actionOnExceed} onChoose={(actionOnExceed) => onChange({ actionOnExceed })} />
      <MoreSettings draft={draft} problems={problems} onChange={onChange} />
    </>
  );
}

type LimitFieldProps = { label: string; text: string; problem: string | null; onChange: (text: string) => void };

/** One amount in dollars. */
export function LimitField({ label, text, problem, onChange }: LimitFieldProps) {
  return (
    <TextField
      label={label}
      prefix="$"
      hint="Empty for no limit."
      inputMode="decimal"
      autoComplete="off"
      value={text}
      problem={problem}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

type ActionChoiceProps = { chosen: BudgetAction | null; onChoose: (action: BudgetAction) => void };

/** What happens at a limit. */
export function ActionChoice({ chosen, onChoose }: ActionChoiceProps) {
  const name = useId();
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">When a limit is reached</legend>
      <div className="grid gap-px overflow-hidden rounded-md border bg-line">
        {BUDGET_ACTIONS.map((action) => (
          <label key={action} className="flex items-start gap-2.5 bg-surface px-3 py-2 has-checked:bg-accent-soft">
            <input
              type="radio"
              name={name}
              value={action}
              checked={chosen === action}
              onChange={() => onChoose(action)}
              className="mt-1 accent-accent"
            />
            <span className="text-sm">
              <span className="font-medium">{ACTIONS[action].label}</span>
              <span className="block text-xs text-ink-muted">{ACTIONS[action].effect}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function MoreSettings({ draft, problems, onChange }: FieldsProps) {
  const hasProblem = problems.thresholds !== null || problems.timeZone !== null;
  return (
    <details className="group rounded-md border" open={hasProblem || undefined}>
      <summary className="flex cursor-pointer items-center gap-1.5 rounded-md px-3 py-2 text-sm font-medium select-none marker:content-none">
        <ChevronRight aria-hidden className="size-3.5 text-ink-muted transition-transform group-open:rotate-90" />
        Warnings, time zone and running calls
        <span className="ml-auto truncate text-xs font-normal text-ink-muted max-sm:hidden">
          {draft.thresholds === "" ? "no warnings" : `${draft.thresholds} %`} · {draft.timeZone}
        </span>
      </summary>
      <div className="grid gap-3 border-t px-3 pt-3 pb-3">
        <div className="grid gap-3 sm:grid-cols-2">
          <TextField
            label="Warn at (percent)"
            hint="In ascending order, with commas. Empty: never."
            autoComplete="off"
            value={draft.thresholds}
            problem={problems.thresholds}
            onChange={(event) => onChange({ thresholds: event.target.value })}
          />
          <TimeZoneField
            timeZone={draft.timeZone}
            problem={problems.timeZone}
            onChange={(timeZone) => onChange({ timeZone })}
          />
        </div>
        <SelectField
          label="While a call runs, it holds of the budget"
          value={draft.reservation}
          onChange={(event) => {
            const mode = RESERVATION_MODES.find((known) => known === event.target.value);
            if (mode !== undefined) onChange({ reservation: mode });
          }}
        >
          {RESERVATION_MODES.map((mode) => (
            <option key={mode} value={mode}>
              {RESERVATIONS[mode]}
            </option>
          ))}
        </SelectField>
        <Switch
          label="Cut a running answer at the limit"
          effect="Where calls are refused at a limit. The agent is told, and keeps what it has received."
          isOn={draft.hardStop}
          onChange={(hardStop) => onChange({ hardStop })}
        />
        <Switch
          label="Pause an agent that runs away"
          effect="When it suddenly spends far more than it ever did, or repeats itself, it waits until an admin resumes it. Otherwise people are only told."
          isOn={draft.pauseOnRunaway}
          onChange={(pauseOnRunaway) => onChange({ pauseOnRunaway })}
        />
      </div>
    </details>
  );
}

type TimeZoneFieldProps = { timeZone: string; problem: string | null; onChange: (timeZone: string) => void };

function TimeZoneField({ timeZone, problem, onChange }: TimeZoneFieldProps) {
  const id = useId();
  return (
    <div>
      <TextField
        label="Time zone"
        hint="Where its day and month begin."
        list={id}
        autoComplete="off"
        spellCheck={false}
        value={timeZone}
        problem={problem}
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={id}>
        {["UTC", ...Intl.supportedValuesOf("timeZone")].map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </div>
  );
}

type SwitchProps = { label: string; effect: string; isOn: boolean; onChange: (isOn: boolean) => void };

function Switch({ label, effect, isOn, onChange }: SwitchProps) {
  return (
    <label className="flex items-start gap-2.5 text-sm">
      <input
        type="checkbox"
        checked={isOn}
        onChange={(event) => onChange(event.target.checked)}
        className="mt-1 accent-accent"
      />
      <span>
        <span className="font-medium">{label}</span>
        <span className="block text-xs text-ink-muted">{effect}</span>
      </span>
    </label>
  );
}
