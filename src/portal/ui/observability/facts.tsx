import type { ReactNode } from "react";

/** Facts side by side, each under its name. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className="grid gap-x-8 gap-y-4 sm:grid-cols-2 xl:grid-cols-3">{children}</dl>;
}

type FactProps = { name: string; children: ReactNode /** Less important, below it. */; note?: ReactNode };

/** One fact. */
export function Fact({ name, children, note }: FactProps) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-ink-muted">{name}</dt>
      <dd className="mt-0.5 text-sm">
        <div className="flex min-h-5 items-start gap-1.5 font-medium wrap-anywhere">{children}</div>
        {note ? <div className="mt-0.5 text-xs text-ink-muted wrap-anywhere">{note}</div> : null}
      </dd>
    </div>
  );
}
