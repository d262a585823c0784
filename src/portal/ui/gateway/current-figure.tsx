"use client";

import type { NanoUsd } from "#domain/money.ts";
import { countOf, formatCount } from "#portal/ui/format/counts.ts";
import { Unknown } from "#portal/ui/format/unknown.tsx";
import { useFreshness } from "#portal/ui/gateway/gateway-status.ts";
import { type CurrentFigure, prepareCurrentCount, prepareCurrentFigure } from "#portal/ui/gateway/prepare-freshness.ts";
import { HintedText } from "#portal/ui/primitives/hint.tsx";

/** An amount of the running day or month, with its reservation while the gateway does not report. */
export function CurrentUsd({ amount }: { amount: NanoUsd }) {
  return <Current figure={prepareCurrentFigure(amount, useFreshness())} />;
}

/** A number of calls of the running day, likewise. With a `noun`: "12 calls". */
export function CurrentCount({ count, noun }: { count: number; noun?: string }) {
  const text = noun === undefined ? formatCount(count) : countOf(count, noun);
  return <Current figure={prepareCurrentCount(count, text, useFreshness())} />;
}

function Current({ figure: { text, note } }: { figure: CurrentFigure }) {
  if (text === null) return <Unknown reason={note ?? ""} />;
  return note === null ? text : <HintedText text={note}>{text}</HintedText>;
}
