"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";

import { Button } from "#portal/ui/primitives/button.tsx";

const SHOWN_MS = 2_000;

type CopyButtonProps = { text: string /** What is copied, for those who hear it: "Copy the key". */; label: string };

/** Copies a text and says that it did; where the browser forbids it, says what to do instead. */
export function CopyButton({ text, label }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<"idle" | "copied" | "failed">("idle");
  useEffect(() => {
    if (outcome === "idle") return;
    const timer = setTimeout(() => setOutcome("idle"), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [outcome]);

  const copy = () =>
    writeToClipboard(text).then(
      () => setOutcome("copied"),
      () => setOutcome("failed"),
    );
  const said = { idle: "Copy", copied: "Copied", failed: "Select and press Ctrl C" }[outcome];

  return (
    <Button aria-label={outcome === "idle" ? label : undefined} onClick={copy} className="h-7 px-2 text-xs">
      {outcome === "copied" ? <Check aria-hidden /> : <Copy aria-hidden />}
      <span aria-live="polite">{said}</span>
    </Button>
  );
}

/** Absent outside secure contexts: a portal reached by plain http under another name than localhost. */
async function writeToClipboard(text: string): Promise<void> {
  if (!("clipboard" in navigator)) throw new Error("The clipboard is closed to pages without https.");
  await navigator.clipboard.writeText(text);
}
