import type { ReactNode } from "react";

import { getPlatform } from "#platform.ts";
import { signedInActor } from "#portal/auth/page-access.ts";
import { PortalProvider } from "#portal/client/portal-provider.tsx";
import { SignedInShell } from "#portal/ui/shell/signed-in-shell.tsx";

/** The frame of the signed-in pages. Who may see which page is decided below it, where the page is known. */
export async function SignedInLayout({ children }: { children: ReactNode }) {
  const platform = getPlatform();
  const actor = await signedInActor();
  if (actor === null) return children;
  const viewer = await platform.accounts.me(actor);
  return (
    <PortalProvider viewer={viewer} renderedAt={platform.clock()}>
      <SignedInShell isDemo={platform.isDemo}>{children}</SignedInShell>
    </PortalProvider>
  );
}
