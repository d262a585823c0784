import type { ReactNode } from "react";

import { Brand } from "#portal/ui/shell/brand.tsx";
import { DemoMark } from "#portal/ui/shell/demo-mark.tsx";
import { ThemeSwitch } from "#portal/ui/shell/theme-switch.tsx";

type PublicShellProps = { isDemo: boolean; children: ReactNode };

/** The frame of pages that need no session. */
export function PublicShell({ isDemo, children }: PublicShellProps) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex h-14 items-center justify-between px-4 md:px-6">
        <Brand />
        <div className="flex items-center gap-2">
          {isDemo ? <DemoMark /> : null}
          <ThemeSwitch />
        </div>
      </header>
      <main className="grid flex-1 place-items-start justify-items-center px-4 pt-[min(12vh,7rem)] pb-24">
        {children}
      </main>
    </div>
  );
}
