"use client";

import { usePathname, useSearchParams } from "next/navigation";
import type { ReactNode } from "react";

import { type AgentTab, withPart } from "#portal/ui/agent/agent-tabs.ts";

type TabLinkProps = { tab: AgentTab; className: string; children: ReactNode };

/** A link to another tab of the same agent: the page stays, the address and the way back are real. */
export function TabLink({ tab, className, children }: TabLinkProps) {
  const pathname = usePathname();
  const href = pathname + withPart(useSearchParams().toString(), { tab });
  return (
    <a
      href={href}
      className={className}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        window.history.pushState(null, "", href);
      }}
    >
      {children}
    </a>
  );
}
