import { cookies } from "next/headers";
import type { ReactNode } from "react";

import { THEME_COOKIE, toTheme } from "#portal/ui/shell/theme.ts";

/** The document of every page. The chosen colours are in it from the first byte, so nothing flashes. */
export async function RootDocument({ children }: { children: ReactNode }) {
  const theme = toTheme((await cookies()).get(THEME_COOKIE)?.value);
  return (
    <html lang="en" data-theme={theme === "system" ? undefined : theme}>
      <body>{children}</body>
    </html>
  );
}
