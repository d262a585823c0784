import { formatUsd } from "#domain/money.ts";
import { countOf, formatCount } from "#portal/ui/format/counts.ts";
import { Unknown } from "#portal/ui/format/unknown.tsx";
import { Skeleton } from "#portal/ui/primitives/skeleton.tsx";
import type { Comparison } from "#portal/ui/reconciliation/prepare-reconciliation.ts";

const FRAME = "grid grid-cols-2 gap-px overflow-hidden rounded-lg border bg-line sm:grid-cols-3 xl:grid-cols-6";
const NAMES = [
  "Our ledger",
  "Helicone",
  "Missing in Helicone",
  "Missing in our ledger",
  "In Helicone twice",
  "Priced differently",
];
const UNKNOWN = "No day of this span has been compared.";

/** Both sides in total. `totals` null: not known. */
export function ReconciliationFigures({ totals }: { totals: Comparison | null }) {
  if (totals === null) {
    return (
      <dl className={FRAME}>
        {NAMES.map((name) => (
          <Figure key={name} name={name} note={null}>
            <Unknown reason={UNKNOWN} />
          </Figure>
        ))}
      </dl>
    );
  }
  return (
    <dl className={FRAME}>
      <Figure name="Our ledger" note={countOf(totals.ledgerRequests, "call")}>
        {formatUsd(totals.ledgerCostNanoUsd)}
      </Figure>
      <Figure name="Helicone" note={countOf(totals.heliconeRequests, "row")}>
        {formatUsd(totals.heliconeCostNanoUsd)}
      </Figure>
      <Count name="Missing in Helicone" count={totals.missingThere} isTrouble />
      <Count name="Missing in our ledger" count={totals.missingHere} isTrouble />
      <Count name="In Helicone twice" count={totals.repeatedThere} isTrouble />
      <Count name="Priced differently" count={totals.pricedDifferently} isTrouble={false} />
    </dl>
  );
}

/** The figures' places while they are loading. */
export function ReconciliationFiguresLoading() {
  return (
    <div aria-hidden className={FRAME}>
      {NAMES.map((name) => (
        <div key={name} className="min-h-18 bg-surface px-4 py-3">
          <p className="text-xs text-ink-muted">{name}</p>
          <Skeleton className="mt-2 h-5 w-20" />
        </div>
      ))}
    </div>
  );
}

function Count({ name, count, isTrouble }: { name: string; count: number; isTrouble: boolean }) {
  return (
    <Figure name={name} note={count === 1 ? "call" : "calls"}>
      <span className={count > 0 && isTrouble ? "text-near" : undefined}>{formatCount(count)}</span>
    </Figure>
  );
}

function Figure({ name, children, note }: { name: string; children: React.ReactNode; note: string | null }) {
  return (
    <div className="min-h-18 bg-surface px-4 py-3">
      <dt className="text-xs text-ink-muted">{name}</dt>
      <dd className="mt-0.5">
        <span className="text-xl font-semibold tracking-tight">{children}</span>
        {note === null ? null : <span className="ml-1.5 text-xs whitespace-nowrap text-ink-muted">{note}</span>}
      </dd>
    </div>
  );
}
