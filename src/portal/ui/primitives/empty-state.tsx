import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

type EmptyStateProps = { icon: LucideIcon; title: string; children: ReactNode; action?: ReactNode };

/** Nothing here yet: why that is, and the next step. */
export function EmptyState({ icon: Icon, title, children, action }: EmptyStateProps) {
  return (
    <div className="mx-auto grid max-w-md justify-items-center gap-3 px-4 py-12 text-center">
      <span aria-hidden className="grid size-10 place-items-center rounded-full border bg-sunken text-ink-muted">
        <Icon className="size-5" />
      </span>
      <p className="text-lg font-semibold">{title}</p>
      <div className="text-sm text-ink-muted">{children}</div>
      {action}
    </div>
  );
}
