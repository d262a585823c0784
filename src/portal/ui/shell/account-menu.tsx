"use client";

import { ChevronDown, CircleUser, LogOut } from "lucide-react";
import Link from "next/link";
import { signOut } from "next-auth/react";
import { DropdownMenu } from "radix-ui";

import { useViewer } from "#portal/client/viewer.tsx";
import { MENU, MENU_ITEM } from "#portal/ui/primitives/menu.ts";

async function leave(): Promise<void> {
  await signOut({ redirect: false });
  window.location.assign("/login");
}

/** Who is signed in, and the way out. */
export function AccountMenu() {
  const viewer = useViewer();
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        aria-label={`Account of ${viewer.name}`}
        className="flex h-8 min-w-0 items-center gap-2 rounded-md pr-1.5 pl-1 text-sm hover:bg-hover max-md:h-10"
      >
        {/* Drawn and not written: it is no part of the name. */}
        <span
          aria-hidden
          data-initial={viewer.name.slice(0, 1).toUpperCase()}
          className="grid size-6 place-items-center rounded-full bg-accent-soft text-xs font-semibold text-accent before:content-[attr(data-initial)]"
        />
        <span className="max-w-40 truncate max-sm:sr-only">{viewer.name}</span>
        <ChevronDown aria-hidden className="size-3.5 text-ink-faint" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="end" sideOffset={6} collisionPadding={8} className={MENU}>
          <DropdownMenu.Label className="border-b px-2 pt-1 pb-2">
            <p className="max-w-56 truncate font-medium">{viewer.name}</p>
            <p className="max-w-56 truncate text-xs text-ink-muted">{viewer.email}</p>
            <p className="mt-1 text-xs text-ink-muted">
              {viewer.role === "admin" ? "Admin: sees all agents" : "Owner: sees own agents"}
            </p>
          </DropdownMenu.Label>
          <DropdownMenu.Item asChild className={`mt-1 ${MENU_ITEM}`}>
            <Link href="/account">
              <CircleUser aria-hidden className="size-4 text-ink-muted" />
              Account and API keys
            </Link>
          </DropdownMenu.Item>
          <DropdownMenu.Item className={MENU_ITEM} onSelect={() => void leave()}>
            <LogOut aria-hidden className="size-4 text-ink-muted" />
            Sign out
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
