"use client";

import { Search, X } from "lucide-react";
import { useRouter } from "next/navigation";
import { Dialog } from "radix-ui";
import { useRef, useState, useSyncExternalStore } from "react";

import { PaletteBody } from "#portal/ui/palette/palette-body.tsx";
import { useShortcut } from "#portal/ui/palette/use-shortcut.ts";
import { useReturnedFocus } from "#portal/ui/primitives/dialog.tsx";

/** The way to any page and agent by typing: a button, and Ctrl-K or ⌘K anywhere. */
export function CommandPalette() {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  useShortcut(button, () => setOpen(true));
  return (
    <Dialog.Root open={isOpen} onOpenChange={setOpen}>
      <Dialog.Trigger
        ref={button}
        aria-keyshortcuts="Control+K Meta+K"
        className="flex h-8 items-center gap-2 rounded-md px-2 text-sm text-ink-muted hover:bg-hover hover:text-ink max-md:size-10 max-md:justify-center max-md:px-0 md:border md:border-line-strong/60 md:bg-surface lg:w-52"
      >
        <Search aria-hidden className="size-4 shrink-0" />
        <span className="max-md:sr-only">Go to…</span>
        <ShortcutHint />
      </Dialog.Trigger>
      <PaletteWindow onClose={() => setOpen(false)} />
    </Dialog.Root>
  );
}

const noChange = () => () => undefined;

/** Drawn and not written: the button says its shortcut in an attribute. */
function ShortcutHint() {
  const isApple = useSyncExternalStore(
    noChange,
    () => /Mac|iPhone|iPad/.test(navigator.userAgent),
    () => false,
  );
  return (
    <kbd
      aria-hidden
      data-keys={isApple ? "⌘K" : "Ctrl K"}
      className="ml-auto font-sans text-xs text-ink-faint before:content-[attr(data-keys)] max-lg:hidden"
    />
  );
}

function PaletteWindow({ onClose }: { onClose: () => void }) {
  const router = useRouter();
  const focus = useReturnedFocus();
  const isLeaving = useRef(false);
  const open = (href: string) => {
    isLeaving.current = true;
    onClose();
    router.push(href);
  };
  const giveFocus = (event: Event) => {
    if (!isLeaving.current) return focus.giveBack(event);
    // What had the focus is about to go; the page that comes is what they want to read.
    isLeaving.current = false;
    event.preventDefault();
    document.getElementById("content")?.focus({ preventScroll: true });
  };

  return (
    <Dialog.Portal>
      <Dialog.Overlay className="fixed inset-0 z-40 animate-[appear_120ms_ease-out] bg-[oklch(0.15_0.01_240/0.45)]" />
      <Dialog.Content
        aria-describedby={undefined}
        onOpenAutoFocus={focus.keep}
        onCloseAutoFocus={giveFocus}
        className="fixed inset-x-3 top-[max(0.75rem,10dvh)] z-50 mx-auto max-w-xl animate-[appear_120ms_ease-out] overflow-hidden rounded-lg border bg-surface text-ink shadow-float"
      >
        <Dialog.Title className="sr-only">Go to a page or an agent</Dialog.Title>
        <PaletteBody onChoose={open} />
        <Dialog.Close
          aria-label="Close"
          className="absolute top-2 right-2 grid size-8 place-items-center rounded-md text-ink-muted hover:bg-hover hover:text-ink max-md:top-1 max-md:right-1 max-md:size-10"
        >
          <X aria-hidden className="size-4" />
        </Dialog.Close>
      </Dialog.Content>
    </Dialog.Portal>
  );
}
