import { classNames } from "#portal/ui/class-names.ts";

/** A part of a whole (0 to 1) as a thin bar. The figure beside it says the same, so it is hidden from readers. */
function ShareBar({ share, className }: { share: number; className?: string }) {
  return (
    <span aria-hidden className={classNames("block h-1.5 overflow-hidden rounded-full bg-hover", className)}>
      <span
        className={classNames("block h-full rounded-full bg-chart", share > 0 && "min-w-px")}
        style={{ width: `${share * 100}%` }}
      />
    </span>
  );
}

/** The bar with its figure, for the last column of a table. */
export function ShareFigure({ share, percent }: { share: number; percent: string }) {
  return (
    <div className="flex items-center justify-end gap-2">
      <ShareBar share={share} className="min-w-8 flex-1" />
      <span className="w-13 text-right text-xs text-ink-muted">{percent}</span>
    </div>
  );
}
