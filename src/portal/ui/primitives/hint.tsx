"use client";

import { Tooltip } from "radix-ui";
import type { ReactNode } from "react";

type HintProps = { text: ReactNode; children: ReactNode };

/** More about a thing, on hover and on keyboard focus. The thing must be focusable; nothing needed may live only here. */
export function Hint({ text, children }: HintProps) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content
          sideOffset={6}
          collisionPadding={8}
          className="z-50 max-w-72 animate-[appear_100ms_ease-out] rounded-md border bg-surface px-2.5 py-1.5 text-xs text-ink shadow-float"
        >
          {text}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}

/** Text with a dotted underline that explains itself: a word that carries a reservation. */
export function HintedText({ text, children }: HintProps) {
  return (
    <Hint text={text}>
      <button
        type="button"
        className="cursor-help rounded-sm text-inherit underline decoration-ink-faint decoration-dotted underline-offset-3"
      >
        {children}
      </button>
    </Hint>
  );
}
