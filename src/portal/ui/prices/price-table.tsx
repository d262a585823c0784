"use client";

import type { ReactNode } from "react";

import { toUsdText } from "#domain/money.ts";
import { TOKEN_PRICE_NAMES, TOKEN_PRICE_WORDS } from "#domain/price-draft.ts";
import type { TokenPrices } from "#domain/price-list.ts";
import type { ModelPrices } from "#portal/client/answers.ts";
import type { RouterOutputs } from "#portal/client/trpc.ts";
import { utcMinute } from "#portal/ui/prices/utc-minute.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Cell, DataTable, HeadCell, Row, RowHead } from "#portal/ui/primitives/data-table.tsx";

type PriceTableProps = {
  prices: RouterOutputs["prices"]["list"];
  onSet: (model: string, id?: number | null) => void;
  onRemove: (model: ModelPrices, id: number) => void;
};

type Override = ModelPrices["overrides"][number];

/** Each model with its tiers, and the prices that will come. */
export function PriceTable({ prices, onSet, onRemove }: PriceTableProps) {
  return (
    <>
      <DataTable caption="Prices in force, US dollars per million tokens">
        <thead>
          <tr>
            <HeadCell>Model</HeadCell>
            {TOKEN_PRICE_NAMES.map((name) => (
              <HeadCell key={name} isNumeric>
                {TOKEN_PRICE_WORDS[name]}
              </HeadCell>
            ))}
            <HeadCell>From</HeadCell>
            <HeadCell className="relative">
              <span className="sr-only">What can be done</span>
            </HeadCell>
          </tr>
        </thead>
        <tbody>
          {prices.models.map((model) => (
            <ModelRows key={model.model} model={model} onSet={onSet} onRemove={onRemove} />
          ))}
        </tbody>
      </DataTable>
      <p className="border-t px-4 pt-2 pb-2 text-xs text-ink-muted">
        A web search costs ${toUsdText(prices.webSearchPerRequest)}.{" "}
        {prices.geographies.map(({ geography, percent }) => (
          <span key={geography}>
            Inference kept in “{geography}” costs {percent} % of the token prices.
          </span>
        ))}
      </p>
    </>
  );
}

type ModelRowsProps = Omit<PriceTableProps, "prices"> & { model: ModelPrices };

function ModelRows({ model, onSet, onRemove }: ModelRowsProps) {
  const { inForce, overrides } = model;
  const now = overrides.find(({ effectiveFrom }) => +effectiveFrom === +(inForce?.effectiveFrom ?? Number.NaN));
  const later = overrides.filter(({ effectiveFrom }) => inForce === null || effectiveFrom > inForce.effectiveFrom);
  return (
    <>
      <Row>
        <RowHead className="font-medium whitespace-nowrap">{model.model}</RowHead>
        <PriceCells prices={inForce?.standard ?? null} />
        <Cell className="text-xs text-ink-muted">
          {now === undefined ? "Built-in list" : <Source override={now} />}
        </Cell>
        <Cell className="text-right">
          <Buttons
            about={model.model}
            onChange={() => onSet(model.model)}
            onRemove={now === undefined ? null : () => onRemove(model, now.id)}
          />
        </Cell>
      </Row>
      {inForce?.longPrompt ? (
        <TierRow prices={inForce.longPrompt.prices}>
          prompts over {inForce.longPrompt.abovePromptTokens.toLocaleString("en-US")} tokens
        </TierRow>
      ) : null}
      {inForce?.fast ? <TierRow prices={inForce.fast}>fast mode</TierRow> : null}
      {later.map((override) => (
        <Row key={override.id} className="bg-accent-soft/40">
          <RowHead className="pl-8 text-accent first:pl-8">later</RowHead>
          <PriceCells prices={override.standard} />
          <Cell className="text-xs text-ink-muted">
            <Source override={override} />
          </Cell>
          <Cell className="text-right">
            <Buttons
              about={`${model.model} from ${utcMinute(override.effectiveFrom)}`}
              onChange={() => onSet(model.model, override.id)}
              onRemove={() => onRemove(model, override.id)}
            />
          </Cell>
        </Row>
      ))}
    </>
  );
}

function TierRow({ prices, children }: { prices: TokenPrices; children: ReactNode }) {
  return (
    <Row>
      <RowHead className="pl-8 text-xs text-ink-muted first:pl-8">{children}</RowHead>
      <PriceCells prices={prices} />
      <Cell />
      <Cell />
    </Row>
  );
}

function PriceCells({ prices }: { prices: TokenPrices | null }) {
  return TOKEN_PRICE_NAMES.map((name) => (
    <Cell key={name} isNumeric className="tabular-nums">
      {prices === null ? "none yet" : `$${toUsdText(prices[name])}`}
    </Cell>
  ));
}

function Source({ override }: { override: Override }) {
  return (
    <>
      <span className="block whitespace-nowrap text-ink">{utcMinute(override.effectiveFrom)}</span>
      set by {override.updatedBy ?? "somebody outside the portal"}
    </>
  );
}

type ButtonsProps = { about: string; onChange: () => void; onRemove: (() => void) | null };

function Buttons({ about, onChange, onRemove }: ButtonsProps) {
  return (
    <span className="flex justify-end gap-1">
      {onRemove === null ? null : (
        <Button look="quiet" aria-label={`Remove the price of ${about}`} onClick={onRemove}>
          Remove
        </Button>
      )}
      <Button look="quiet" aria-label={`Change the price of ${about}`} onClick={onChange}>
        Change
      </Button>
    </span>
  );
}
