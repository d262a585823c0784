import { type ReactNode, useId } from "react";

import { classNames } from "#portal/ui/class-names.ts";

type PanelProps = {
  title: string;
  /** One line under the title: scope, unit, time zone. */
  note?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
  /** Tables run to the edge; text keeps its distance. */
  isFlush?: boolean;
};

/** A titled region of a page. */
export function Panel({ title, note, actions, children, className, isFlush = false }: PanelProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={classNames("min-w-0 rounded-lg border bg-surface", className)}>
      <header className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 pt-3 pb-2">
        <div className="min-w-0">
          <h2 id={id} className="text-base font-semibold">
            {title}
          </h2>
          {note ? <p className="text-xs text-ink-muted">{note}</p> : null}
        </div>
        {actions}
      </header>
      <div className={isFlush ? "pb-1" : "px-4 pb-4"}>{children}</div>
    </section>
  );
}
