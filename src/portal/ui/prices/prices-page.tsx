"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";

import type { ModelPrices } from "#portal/client/answers.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import type { PriceSubject } from "#portal/ui/prices/prepare-price-form.ts";
import { PriceChangesPanel } from "#portal/ui/prices/price-changes-panel.tsx";
import { PriceDialog } from "#portal/ui/prices/price-dialog.tsx";
import { PriceTable } from "#portal/ui/prices/price-table.tsx";
import { RemovePrice } from "#portal/ui/prices/remove-price.tsx";
import { UnpricedPanel } from "#portal/ui/prices/unpriced-panel.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";
import { WhenLoaded } from "#portal/ui/primitives/when-loaded.tsx";
import { PageHeading } from "#portal/ui/shell/page-heading.tsx";

const TITLE = "Prices";
const NOTE =
  "What tokens cost. A new price holds for calls from its instant on; what past calls cost is never changed.";
const LIST_NOTE = "US dollars per million tokens.";

/** What is being asked about: a price to set, or one to take away. */
type Asked = { act: "set"; subject: PriceSubject } | { act: "remove"; model: ModelPrices; id: number };

/** The prices in force, what was set in place of the list, and models that no list knows. For admins. */
export function PricesPage() {
  const trpc = useTRPC();
  const query = useQuery(trpc.prices.list.queryOptions());
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = () => setAsked(null);
  const models = query.data?.models ?? [];
  const set = (model: string, id: number | null = null) =>
    setAsked({ act: "set", subject: { model, id, known: models.find((known) => known.model === model) ?? null } });
  return (
    <>
      <PageHeading
        title={TITLE}
        note={NOTE}
        actions={
          <Button look="primary" disabled={query.data === undefined} onClick={() => set("")}>
            <Plus aria-hidden />
            Set a price
          </Button>
        }
      />
      <div className="grid gap-4">
        <UnpricedPanel onSet={set} />
        <Panel title="The list in force" note={LIST_NOTE} isFlush>
          <WhenLoaded query={query} what="The prices" skeleton={<SkeletonRows rows={12} label="Loading the prices" />}>
            {(prices) => (
              <PriceTable
                prices={prices}
                onSet={set}
                onRemove={(model, id) => setAsked({ act: "remove", model, id })}
              />
            )}
          </WhenLoaded>
        </Panel>
        <PriceChangesPanel />
      </div>
      {asked?.act === "set" ? <PriceDialog subject={asked.subject} models={models} onClose={close} /> : null}
      {asked?.act === "remove" ? <RemovePrice model={asked.model} id={asked.id} onClose={close} /> : null}
    </>
  );
}

/** The page's places while it is loading. */
export function PricesLoading() {
  return (
    <>
      <PageHeading title={TITLE} note={NOTE} />
      <Panel title="The list in force" note={LIST_NOTE} isFlush>
        <SkeletonRows rows={12} label="Loading the prices" />
      </Panel>
    </>
  );
}
