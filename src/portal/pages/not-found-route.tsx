import { getPlatform } from "#platform.ts";
import { NotFoundNotice } from "#portal/ui/errors/not-found-notice.tsx";
import { PublicShell } from "#portal/ui/shell/public-shell.tsx";

/** Addresses that lead nowhere. */
export function NotFoundRoute() {
  return (
    <PublicShell isDemo={getPlatform().isDemo}>
      <NotFoundNotice />
    </PublicShell>
  );
}
