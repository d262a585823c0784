import { classNames } from "#portal/ui/class-names.ts";

/** The place of something that is still loading, in the size it will have. */
export function Skeleton({ className }: { className: string }) {
  return <span aria-hidden className={classNames("skeleton block", className)} />;
}

type SkeletonRowsProps = { rows: number; label: string; className?: string };

/** Lines of a list that is still loading. */
export function SkeletonRows({ rows, label, className = "h-9" }: SkeletonRowsProps) {
  return (
    <div role="status" aria-label={label} className="grid gap-px">
      {Array.from({ length: rows }, (_, row) => row).map((row) => (
        <div key={row} className={classNames("flex items-center gap-4 border-b px-4 last:border-b-0", className)}>
          <Skeleton className={row % 2 === 0 ? "h-3 w-40" : "h-3 w-28"} />
          <Skeleton className="ml-auto h-3 w-16" />
          <Skeleton className="h-3 w-16 max-md:hidden" />
          <Skeleton className="h-3 w-32 max-md:hidden" />
        </div>
      ))}
    </div>
  );
}
