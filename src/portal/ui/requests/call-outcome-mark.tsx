import type { RequestView } from "#portal/ui/agent/prepare-request-row.ts";
import { classNames } from "#portal/ui/class-names.ts";

const DOTS = { plain: "bg-accent", near: "bg-near-bar", stop: "bg-stop-bar" } as const;
const TEXTS = { plain: "text-ink-muted", near: "text-near", stop: "text-stop" } as const;

/** How a call ended, in a word. */
export function CallOutcomeMark({ outcome: { label, tone } }: { outcome: RequestView["outcome"] }) {
  return (
    <span className={classNames("inline-flex items-center gap-1.5 text-xs", TEXTS[tone])}>
      <span aria-hidden className={classNames("size-1.5 shrink-0 rounded-full", DOTS[tone])} />
      {label}
    </span>
  );
}
