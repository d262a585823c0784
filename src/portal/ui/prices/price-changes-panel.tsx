"use client";

import { useQuery } from "@tanstack/react-query";

import { useTRPC } from "#portal/client/trpc.ts";
import { RelativeTime } from "#portal/ui/format/instant.tsx";
import { describePrice } from "#portal/ui/prices/prepare-price-change.ts";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";
import { WhenLoaded } from "#portal/ui/primitives/when-loaded.tsx";

/** Who changed which price, with what it was before. */
export function PriceChangesPanel() {
  const trpc = useTRPC();
  const query = useQuery(trpc.prices.changes.queryOptions());
  return (
    <Panel title="Changes" note="The newest 50.">
      <WhenLoaded query={query} what="The changes" skeleton={<SkeletonRows rows={2} label="Loading the changes" />}>
        {(changes) =>
          changes.length === 0 ? (
            <p className="text-sm text-ink-muted">Nobody has changed a price.</p>
          ) : (
            <ul aria-label="Changes of prices" className="grid gap-2.5 text-sm">
              {changes.map(({ id, by, at, model, before, after }) => (
                <li key={id} className="border-b pb-2.5 last:border-b-0 last:pb-0">
                  <p>
                    {by} {after === null ? "removed a price of" : "set the price of"}{" "}
                    <span className="font-medium wrap-anywhere">{model}</span>,{" "}
                    <span className="text-ink-muted">
                      <RelativeTime at={at} />
                    </span>
                  </p>
                  <p className="text-xs text-ink-muted">Before: {describePrice(before)}</p>
                  <p className="text-xs text-ink-muted">After: {describePrice(after)}</p>
                </li>
              ))}
            </ul>
          )
        }
      </WhenLoaded>
    </Panel>
  );
}
