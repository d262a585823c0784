"use client";

import { useEffect, useState } from "react";

/** On paper alone: what was printed, and when. The address is the whole view, so whoever reads it can open the same. */
export function PrintNote({ isDemo }: { isDemo: boolean }) {
  const [printed, setPrinted] = useState<{ address: string; at: string } | null>(null);
  useEffect(() => {
    const note = () => setPrinted({ address: window.location.href, at: new Date().toISOString() });
    note();
    window.addEventListener("beforeprint", note);
    return () => window.removeEventListener("beforeprint", note);
  }, []);
  return (
    <p className="mb-4 hidden border-b pb-2 text-xs break-all text-ink-muted print:block">
      {isDemo ? "A demonstration, with made-up data. " : ""}
      {printed === null ? "Trinity LLM Observability" : `${printed.address} as of ${printed.at}`}
    </p>
  );
}
