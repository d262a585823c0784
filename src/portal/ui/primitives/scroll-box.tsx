import type { ReactNode } from "react";

import { classNames } from "#portal/ui/class-names.ts";

type ScrollBoxProps = { label: string; children: ReactNode; className?: string };

/** Holds what may be wider than the page. It can be reached by keyboard, because whoever has no mouse scrolls too. */
export function ScrollBox({ label, children, className }: ScrollBoxProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form fields
    <div
      role="group"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the focus
      tabIndex={0}
      className={classNames("overflow-x-auto -outline-offset-2", className)}
    >
      {children}
    </div>
  );
}
