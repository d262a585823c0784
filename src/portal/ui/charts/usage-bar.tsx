import { WARN_AT_PERCENT } from "#domain/budget.ts";
import { classNames } from "#portal/ui/class-names.ts";

const FILLS = { plain: "bg-chart", near: "bg-near-bar", stop: "bg-stop-bar" } as const;

type UsageBarProps = { fillPercent: number; tone: keyof typeof FILLS; hasMark?: boolean; className?: string };

/** How much of a limit is used, with the mark where warnings begin. The words beside it say the same. */
export function UsageBar({ fillPercent, tone, hasMark = false, className }: UsageBarProps) {
  return (
    <span
      aria-hidden
      className={classNames("relative block h-2 rounded-full bg-hover ring-1 ring-line ring-inset", className)}
    >
      <span
        className={classNames("block h-full rounded-full transition-[width] duration-500", FILLS[tone])}
        style={{ width: `${fillPercent}%` }}
      />
      {hasMark ? (
        <span className="absolute -inset-y-0.5 w-px bg-line-strong" style={{ left: `${WARN_AT_PERCENT}%` }} />
      ) : null}
    </span>
  );
}
