import type { ReactNode } from "react";

import type { PagePath } from "#portal/api/access.ts";
import { admitToPage } from "#portal/auth/page-access.ts";

type LayoutProps = { children: ReactNode; params: Promise<{ name?: string }> };

/**
 * A layout that lets in before anything of the page is sent: above the page's loading state, so that being sent
 * to the sign-in page, and "not found", are the answer's status and not only its text.
 */
export function admittedLayout(path: PagePath) {
  return async ({ children, params }: LayoutProps) => {
    await admitToPage(path, (await params).name ?? null);
    return children;
  };
}
