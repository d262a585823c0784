import type { ReactNode } from "react";

import { getPlatform } from "#platform.ts";
import { PublicShell } from "#portal/ui/shell/public-shell.tsx";

/** The frame of pages that need no session. */
export function PublicLayout({ children }: { children: ReactNode }) {
  return <PublicShell isDemo={getPlatform().isDemo}>{children}</PublicShell>;
}
