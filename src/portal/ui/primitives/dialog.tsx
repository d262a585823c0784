"use client";

import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { type ReactNode, useRef } from "react";

import { classNames } from "#portal/ui/class-names.ts";

const OVERLAY = "fixed inset-0 z-40 animate-[appear_120ms_ease-out] bg-[oklch(0.15_0.01_240/0.45)]";
const CONTENT =
  "fixed z-50 max-h-[min(92dvh,56rem)] overflow-y-auto overscroll-contain rounded-lg border bg-surface p-5 shadow-float animate-[appear_140ms_ease-out] inset-x-3 top-[max(1rem,6dvh)] mx-auto max-w-lg";

type DialogProps = {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  description: ReactNode;
  children: ReactNode;
  /** Set where closing by a stray click would lose something that cannot be had again. */
  mustBeClosedByButton?: boolean;
  className?: string;
};

/** A modal window: focus stays in it, Escape closes it, the page behind is inert. */
export function Dialog(props: DialogProps) {
  const focus = useReturnedFocus();
  return (
    <Radix.Root open={props.isOpen} onOpenChange={(isOpen) => (isOpen ? undefined : props.onClose())}>
      <Radix.Portal>
        <Radix.Overlay className={OVERLAY} />
        <Radix.Content
          className={classNames(CONTENT, props.className)}
          onOpenAutoFocus={focus.keep}
          onCloseAutoFocus={focus.giveBack}
          onInteractOutside={(event) => (props.mustBeClosedByButton ? event.preventDefault() : undefined)}
          onEscapeKeyDown={(event) => (props.mustBeClosedByButton ? event.preventDefault() : undefined)}
        >
          <div className="mb-4 grid gap-1 pr-8">
            <Radix.Title className="text-lg font-semibold">{props.title}</Radix.Title>
            <Radix.Description asChild>
              <div className="text-sm text-ink-muted">{props.description}</div>
            </Radix.Description>
          </div>
          {props.children}
          {props.mustBeClosedByButton ? null : (
            <Radix.Close
              aria-label="Close"
              className="absolute top-3.5 right-3.5 grid size-8 place-items-center rounded-md text-ink-muted hover:bg-hover hover:text-ink"
            >
              <X aria-hidden className="size-4" />
            </Radix.Close>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** These dialogs are opened by state and not by a trigger of their own, so they note whom to give the focus back to. */
export function useReturnedFocus() {
  const before = useRef<Element | null>(null);
  return {
    keep: () => {
      before.current = document.activeElement;
    },
    giveBack: (event: Event) => {
      event.preventDefault();
      if (before.current instanceof HTMLElement) before.current.focus();
    },
  };
}
