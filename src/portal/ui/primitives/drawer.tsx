"use client";

import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";

import { classNames } from "#portal/ui/class-names.ts";
import { useReturnedFocus } from "#portal/ui/primitives/dialog.tsx";
import { ScrollBox } from "#portal/ui/primitives/scroll-box.tsx";

type DrawerProps = {
  title: string;
  /** Of what scrolls in it. */
  label: string;
  isOpen: boolean;
  onClose: () => void;
  actions?: ReactNode;
  isWide?: boolean;
  children: ReactNode;
};

/** More about one thing of a list, beside the list. Escape closes it; the list is where it was. */
export function Drawer({ title, label, isOpen, onClose, actions, isWide = false, children }: DrawerProps) {
  const focus = useReturnedFocus();
  return (
    <Radix.Root open={isOpen} onOpenChange={(isOpening) => (isOpening ? undefined : onClose())}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-[appear_120ms_ease-out] bg-[oklch(0.15_0.01_240/0.45)]" />
        <Radix.Content
          aria-describedby={undefined}
          onOpenAutoFocus={focus.keep}
          onCloseAutoFocus={focus.giveBack}
          className={classNames(
            "fixed inset-y-0 right-0 z-50 flex w-full flex-col border-l bg-surface shadow-float animate-[appear_140ms_ease-out]",
            isWide ? "max-w-4xl" : "max-w-xl",
          )}
        >
          <header className="flex items-center gap-1 border-b px-4 py-2.5">
            <Radix.Title className="mr-auto text-lg font-semibold">{title}</Radix.Title>
            {actions}
            <Radix.Close
              aria-label="Close"
              className="grid size-8 place-items-center rounded-md text-ink-muted hover:bg-hover hover:text-ink max-md:size-10"
            >
              <X aria-hidden className="size-4" />
            </Radix.Close>
          </header>
          <ScrollBox label={label} className="min-h-0 flex-1 overflow-y-auto overscroll-contain">
            {children}
          </ScrollBox>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
