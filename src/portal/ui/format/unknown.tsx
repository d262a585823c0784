"use client";

import { HintedText } from "#portal/ui/primitives/hint.tsx";

/** A figure nobody knows: said in a word, with the reason. Never a zero. */
export function Unknown({ reason }: { reason: string }) {
  return (
    <span className="text-ink-faint">
      <HintedText text={reason}>unknown</HintedText>
    </span>
  );
}
