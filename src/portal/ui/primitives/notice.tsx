import { CircleAlert, Info, OctagonAlert, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

import { classNames } from "#portal/ui/class-names.ts";

const TONES = {
  plain: { icon: Info, frame: "border-line bg-sunken", mark: "text-accent" },
  near: { icon: TriangleAlert, frame: "border-near/30 bg-near-soft", mark: "text-near" },
  stop: { icon: OctagonAlert, frame: "border-stop/30 bg-stop-soft", mark: "text-stop" },
  unsure: { icon: CircleAlert, frame: "border-near/30 bg-near-soft", mark: "text-near" },
} as const;

type NoticeProps = {
  tone: keyof typeof TONES;
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
};

/** A sentence that must not be missed. `stop` is announced at once, the others politely. */
export function Notice({ tone, title, children, action, className }: NoticeProps) {
  const { icon: Icon, frame, mark } = TONES[tone];
  return (
    <div
      role={tone === "stop" ? "alert" : "status"}
      className={classNames(
        "flex flex-wrap items-start gap-x-3 gap-y-2 rounded-md border px-3 py-2.5",
        frame,
        className,
      )}
    >
      <Icon aria-hidden className={classNames("mt-0.5 size-4.5 shrink-0", mark)} />
      <div className="min-w-0 flex-1 basis-52 text-sm">
        <p className="font-medium text-ink">{title}</p>
        {children ? <div className="mt-0.5 text-ink-muted">{children}</div> : null}
      </div>
      {action}
    </div>
  );
}
