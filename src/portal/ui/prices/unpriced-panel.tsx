"use client";

import { useQuery } from "@tanstack/react-query";

import { formatUsd } from "#domain/money.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { RelativeTime } from "#portal/ui/format/instant.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Cell, DataTable, HeadCell, Row, RowHead } from "#portal/ui/primitives/data-table.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";
import { WhenLoaded } from "#portal/ui/primitives/when-loaded.tsx";

const PRICED_AS = { family: "As the dearest of its family", dearest: "As the dearest model of all" } as const;

/** Models of the last 30 days that no list knew, and how their calls were charged instead. */
export function UnpricedPanel({ onSet }: { onSet: (model: string) => void }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.prices.unpriced.queryOptions());
  return (
    <Panel
      title="Unknown models"
      note="Calls of the last 30 days whose model had no price. They never count as free: they were charged as something dear."
      isFlush
    >
      <WhenLoaded
        query={query}
        what="The unknown models"
        skeleton={<SkeletonRows rows={2} label="Loading the unknown models" />}
      >
        {({ models }) =>
          models.length === 0 ? (
            <p className="px-4 pt-1 pb-3 text-sm text-ink-muted">
              None: every call was charged by the price of its own model.
            </p>
          ) : (
            <DataTable caption="Models without a price of their own">
              <thead>
                <tr>
                  <HeadCell>Model</HeadCell>
                  <HeadCell>Charged</HeadCell>
                  <HeadCell isNumeric>Requests</HeadCell>
                  <HeadCell isNumeric>Cost</HeadCell>
                  <HeadCell>Last seen</HeadCell>
                  <HeadCell className="relative">
                    <span className="sr-only">What can be done</span>
                  </HeadCell>
                </tr>
              </thead>
              <tbody>
                {models.map(({ model, pricedAs, requests, listCost, lastAt, hasPriceNow }) => (
                  <Row key={`${model} ${pricedAs}`}>
                    <RowHead className="min-w-40 font-medium wrap-anywhere">{model}</RowHead>
                    <Cell>{PRICED_AS[pricedAs]}</Cell>
                    <Cell isNumeric>{requests.toLocaleString("en-US")}</Cell>
                    <Cell isNumeric>{formatUsd(listCost)}</Cell>
                    <Cell className="text-ink-muted">
                      <RelativeTime at={lastAt} />
                    </Cell>
                    <Cell className="text-right">
                      {hasPriceNow ? (
                        <span className="text-xs text-ink-muted">has a price now</span>
                      ) : (
                        <Button aria-label={`Set a price for ${model}`} onClick={() => onSet(model)}>
                          Set a price
                        </Button>
                      )}
                    </Cell>
                  </Row>
                ))}
              </tbody>
            </DataTable>
          )
        }
      </WhenLoaded>
    </Panel>
  );
}
