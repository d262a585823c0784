"use client";

import { Menu, X } from "lucide-react";
import { Dialog } from "radix-ui";
import { type ReactNode, useState } from "react";

import { AlertBell } from "#portal/ui/alerts/alert-bell.tsx";
import { CommandPalette } from "#portal/ui/palette/command-palette.tsx";
import { AccountMenu } from "#portal/ui/shell/account-menu.tsx";
import { Brand } from "#portal/ui/shell/brand.tsx";
import { DemoMark } from "#portal/ui/shell/demo-mark.tsx";
import { LineStatus } from "#portal/ui/shell/line-status.tsx";
import { Navigation } from "#portal/ui/shell/navigation.tsx";
import { PrintNote } from "#portal/ui/shell/print-note.tsx";
import { ThemeSwitch } from "#portal/ui/shell/theme-switch.tsx";

type ShellProps = { isDemo: boolean; children: ReactNode };

/** The frame of every signed-in page: places on the left (a menu on narrow screens), person on the right. */
export function SignedInShell({ isDemo, children }: ShellProps) {
  return (
    <div className="min-h-dvh md:grid md:grid-cols-[13.5rem_minmax(0,1fr)] print:block">
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-accent px-3 py-2 text-sm font-medium text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the content
      </a>
      <aside
        aria-label="Sidebar"
        className="sticky top-0 flex h-dvh flex-col gap-6 border-r bg-sunken px-3 py-4 max-md:hidden print:hidden"
      >
        <div className="px-1.5">
          <Brand />
        </div>
        <Navigation />
        <div className="mt-auto px-2.5">
          <LineStatus />
        </div>
      </aside>
      <div className="flex min-w-0 flex-col">
        <header className="sticky top-0 z-30 flex h-12 items-center gap-2 border-b bg-canvas px-3 md:px-6 print:hidden">
          <div className="flex items-center gap-2 md:hidden">
            <NavigationDrawer />
            <Brand isShortWhenNarrow />
          </div>
          <div className="ml-auto flex min-w-0 items-center gap-1.5">
            {isDemo ? <DemoMark /> : null}
            <CommandPalette />
            <AlertBell />
            <ThemeSwitch />
            <AccountMenu />
          </div>
        </header>
        <main
          id="content"
          tabIndex={-1}
          className="mx-auto w-full max-w-[92rem] px-4 pt-5 pb-16 outline-none md:px-6 print:max-w-none print:p-0"
        >
          <PrintNote isDemo={isDemo} />
          {children}
        </main>
      </div>
    </div>
  );
}

function NavigationDrawer() {
  const [isOpen, setOpen] = useState(false);
  return (
    <Dialog.Root open={isOpen} onOpenChange={setOpen}>
      <Dialog.Trigger
        aria-label="Menu"
        className="-ml-1 grid size-10 place-items-center rounded-md text-ink-muted hover:bg-hover"
      >
        <Menu aria-hidden className="size-5" />
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-[oklch(0.15_0.01_240/0.45)]" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 left-0 z-50 flex w-64 flex-col gap-6 border-r bg-surface p-4 shadow-float animate-[appear_120ms_ease-out]"
        >
          <div className="flex items-center justify-between">
            <Dialog.Title className="font-semibold">Menu</Dialog.Title>
            <Dialog.Close
              aria-label="Close the menu"
              className="grid size-10 place-items-center rounded-md text-ink-muted hover:bg-hover"
            >
              <X aria-hidden className="size-5" />
            </Dialog.Close>
          </div>
          <Navigation onChoose={() => setOpen(false)} />
          <div className="mt-auto">
            <LineStatus />
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
