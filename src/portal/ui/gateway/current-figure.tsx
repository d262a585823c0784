"use client";

import type { NanoUsd } from "#domain/money.ts";
import { Unknown } from "#portal/ui/format/unknown.tsx";
import { useFreshness } from "#portal/ui/gateway/gateway-status.ts";
import { prepareCurrentFigure } from "#portal/ui/gateway/prepare-freshness.ts";
import { HintedText } from "#portal/ui/primitives/hint.tsx";

/** An amount of the running day or month, with its reservation while the gateway does not report. */
export function CurrentUsd({ amount }: { amount: NanoUsd }) {
  const { text, note } = prepareCurrentFigure(amount, useFreshness());
  if (text === null) return <Unknown reason={note ?? ""} />;
  return note === null ? text : <HintedText text={note}>{text}</HintedText>;
}
