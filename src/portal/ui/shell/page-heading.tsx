import type { ReactNode } from "react";

type PageHeadingProps = { title: string; note?: ReactNode; actions?: ReactNode };

/** The one heading of a page, what it is about, and what can be done on it. */
export function PageHeading({ title, note, actions }: PageHeadingProps) {
  return (
    <div className="mb-4 flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
        {note ? <p className="mt-0.5 text-sm text-ink-muted">{note}</p> : null}
      </div>
      {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
    </div>
  );
}
