"use client";

import { ChevronDown } from "lucide-react";
import { type ReactNode, useId } from "react";

import type { CallFilter } from "#portal/client/latest-calls.ts";
import type { Figure, RequestView } from "#portal/ui/agent/prepare-request-row.ts";
import { classNames } from "#portal/ui/class-names.ts";
import { ClockTime } from "#portal/ui/format/instant.tsx";
import { Unknown } from "#portal/ui/format/unknown.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { CopyButton } from "#portal/ui/primitives/copy-button.tsx";
import { Cell, RowHead } from "#portal/ui/primitives/data-table.tsx";
import { HintedText } from "#portal/ui/primitives/hint.tsx";

const DOTS = { plain: "bg-accent", near: "bg-near-bar", stop: "bg-stop-bar" } as const;
const TEXTS = { plain: "text-ink-muted", near: "text-near", stop: "text-stop" } as const;

type RequestRowProps = {
  view: RequestView;
  isOpen: boolean;
  onToggle: () => void;
  onFilter: (filter: CallFilter) => void;
};

/** One call, and below it, on demand, everything that is known of it. */
export function RequestRow({ view, isOpen, onToggle, onFilter }: RequestRowProps) {
  const detailId = useId();
  return (
    <>
      <tr className={classNames("border-t first:border-t-0", isOpen ? "bg-hover/60" : "hover:bg-hover/60")}>
        <RowHead className="whitespace-nowrap">
          <ClockTime at={view.at} />
        </RowHead>
        <Cell className="font-mono text-xs max-sm:wrap-anywhere sm:whitespace-nowrap">
          {view.model}
          {view.subagentId !== null ? (
            <span className="font-sans text-ink-muted max-sm:block sm:ml-1.5">subagent</span>
          ) : null}
          <span className="block font-sans sm:hidden">
            <Outcome view={view} />
          </span>
        </Cell>
        <Cell className="whitespace-nowrap max-sm:hidden">
          <Outcome view={view} />
        </Cell>
        <FigureCell figure={view.tokensIn} className="max-lg:hidden" />
        <FigureCell figure={view.tokensOut} className="max-lg:hidden" />
        <Cell isNumeric className="font-medium">
          <Cost view={view} />
        </Cell>
        <FigureCell figure={view.latency} className="max-md:hidden" />
        <FigureCell figure={view.firstByte} className="max-xl:hidden" />
        <Cell className="font-mono text-xs text-ink-muted max-xl:hidden">{view.session?.short ?? "none"}</Cell>
        <Cell isNumeric className="w-10 py-0.5">
          <button
            type="button"
            aria-expanded={isOpen}
            aria-controls={detailId}
            aria-label={`Details of the call ${view.id}`}
            onClick={onToggle}
            className="grid size-8 place-items-center rounded-md text-ink-muted hover:bg-hover hover:text-ink"
          >
            <ChevronDown aria-hidden className={classNames("size-4 transition-transform", isOpen && "rotate-180")} />
          </button>
        </Cell>
      </tr>
      {isOpen ? <DetailRow view={view} id={detailId} onFilter={onFilter} /> : null}
    </>
  );
}

function Outcome({ view: { outcome } }: { view: RequestView }) {
  return (
    <span className={classNames("inline-flex items-center gap-1.5 text-xs", TEXTS[outcome.tone])}>
      <span aria-hidden className={classNames("size-1.5 rounded-full", DOTS[outcome.tone])} />
      {outcome.label}
    </span>
  );
}

function Cost({ view: { cost, priceFlag } }: { view: RequestView }) {
  return (
    <>
      {cost.text?.startsWith("≈") ? <HintedText text={cost.note}>{cost.text}</HintedText> : cost.text}
      {priceFlag === null ? null : (
        <span className="block text-xs font-normal text-near">
          <HintedText text={priceFlag.note}>{priceFlag.label}</HintedText>
        </span>
      )}
    </>
  );
}

function FigureCell({ figure, className }: { figure: Figure; className: string }) {
  return (
    <Cell isNumeric className={classNames("text-ink-muted", className)}>
      {figure.text ?? <Unknown reason={figure.note ?? ""} />}
    </Cell>
  );
}

type DetailRowProps = Pick<RequestRowProps, "view" | "onFilter"> & { id: string };

function DetailRow({ view, id, onFilter }: DetailRowProps) {
  const facts: [string, ReactNode][] = [
    ["Request id", <Identifier key="id" text={view.id} name="request id" />],
    [
      "Session",
      view.session === null ? "none sent" : <Identifier key="session" text={view.session.full} name="session id" />,
    ],
    ["Agent at the call", view.tags],
    ["Outcome", view.outcome.note],
    ["Model", view.modelNote ?? "The one that was asked for."],
    ["Tokens in", view.tokensIn.note],
    ["Tokens out", view.tokensOut.note],
    [
      "Cost",
      [`${view.exactCost}.`, view.cost.note, view.priceFlag?.note ?? "At list price."].filter(Boolean).join(" "),
    ],
    ["Timing", `latency ${view.latency.text ?? "unknown"} · first byte ${view.firstByte.text ?? "unknown"}`],
  ];
  return (
    <tr id={id} className="bg-hover/60">
      <td colSpan={10} className="px-4 pt-1 pb-3">
        <dl className="grid gap-x-8 gap-y-2 text-xs sm:grid-cols-2 xl:grid-cols-4">
          {facts.map(([name, fact]) => (
            <div key={name} className="min-w-0">
              <dt className="text-ink-muted">{name}</dt>
              <dd className="break-words">{fact}</dd>
            </div>
          ))}
        </dl>
        <Alike view={view} onFilter={onFilter} />
      </td>
    </tr>
  );
}

/** The ways from one call to those like it. */
function Alike({ view: { session, subagentId, model }, onFilter }: Pick<RequestRowProps, "view" | "onFilter">) {
  return (
    <div className="mt-2 flex flex-wrap gap-2">
      {session === null ? null : (
        <Button onClick={() => onFilter({ sessionId: session.full })}>Only this session</Button>
      )}
      {subagentId === null ? null : <Button onClick={() => onFilter({ subagentId })}>Only this subagent</Button>}
      <Button onClick={() => onFilter({ model })}>Only this model</Button>
    </div>
  );
}

function Identifier({ text, name }: { text: string; name: string }) {
  return (
    <span className="flex flex-wrap items-center gap-1.5">
      <code className="font-mono break-all">{text}</code>
      <CopyButton text={text} label={`Copy the ${name}`} />
    </span>
  );
}
