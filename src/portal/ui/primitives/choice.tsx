import type { ReactNode } from "react";

type ChoiceProps = { label: string; value: string; onChoose: (value: string) => void; children: ReactNode };

/** One of a few, with its label above. */
export function Choice({ label, value, onChoose, children }: ChoiceProps) {
  return (
    <label className="grid min-w-0 gap-0.5 text-xs text-ink-muted">
      {label}
      <select
        value={value}
        onChange={({ target }) => onChoose(target.value)}
        className="h-8 w-full min-w-0 rounded-md border border-line-strong bg-surface px-2 text-sm text-ink max-md:h-10"
      >
        {children}
      </select>
    </label>
  );
}
