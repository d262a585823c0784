import { classNames } from "#portal/ui/class-names.ts";

const FILLS = { plain: "bg-chart", near: "bg-near-bar", stop: "bg-stop-bar" } as const;

type UsageBarProps = { fillPercent: number; tone: keyof typeof FILLS; marks?: readonly number[]; className?: string };

/** How much of a limit is used, with marks (in percent) where warnings stand. The words beside it say the same. */
export function UsageBar({ fillPercent, tone, marks = [], className }: UsageBarProps) {
  return (
    <span
      aria-hidden
      className={classNames("relative block h-2 rounded-full bg-hover ring-1 ring-line ring-inset", className)}
    >
      <span
        className={classNames("block h-full rounded-full transition-[width] duration-500", FILLS[tone])}
        style={{ width: `${fillPercent}%` }}
      />
      {marks.map((percent) => (
        <span
          key={percent}
          className="absolute -inset-y-0.5 w-px bg-line-strong"
          style={{ left: `calc(${percent}% - ${percent === 100 ? 1 : 0}px)` }}
        />
      ))}
    </span>
  );
}
