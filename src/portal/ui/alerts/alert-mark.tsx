import { Gauge, HandCoins, Repeat2, Split, Zap } from "lucide-react";
import type { AlertView } from "#portal/ui/alerts/prepare-alert.ts";
import { classNames } from "#portal/ui/class-names.ts";

const ICONS = { threshold: Gauge, runaway: Zap, repetition: Repeat2, request: HandCoins, unrouted: Split } as const;
const TONES = {
  calm: "bg-accent-soft text-accent",
  near: "bg-near-soft text-near",
  stop: "bg-stop-soft text-stop",
} as const;

/** The kind of an alert, and how loud it is, at a glance; its headline says both in words. */
export function AlertMark({ view }: { view: Pick<AlertView, "kind" | "tone"> }) {
  const Icon = ICONS[view.kind];
  return (
    <span aria-hidden className={classNames("grid size-8 shrink-0 place-items-center rounded-full", TONES[view.tone])}>
      <Icon className="size-4" />
    </span>
  );
}

/** Not seen before by this person. */
export function NewMark() {
  return (
    <span className="shrink-0 rounded-sm bg-accent px-1.5 py-px text-[0.6875rem] font-semibold text-on-accent">
      new
    </span>
  );
}
