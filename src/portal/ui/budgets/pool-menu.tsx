"use client";

import { Ellipsis } from "lucide-react";
import { DropdownMenu } from "radix-ui";

import { MENU, MENU_ITEM } from "#portal/ui/primitives/menu.ts";

export type PoolQuestion = "limits" | "members" | "rename" | "remove";

const ITEMS: readonly { question: PoolQuestion; label: string }[] = [
  { question: "limits", label: "Edit the limits…" },
  { question: "members", label: "Choose its agents…" },
  { question: "rename", label: "Rename…" },
  { question: "remove", label: "Remove…" },
];

/** What an admin can do about a pool. */
export function PoolMenu({ name, onAsk }: { name: string; onAsk: (question: PoolQuestion) => void }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        aria-label={`Actions for the pool ${name}`}
        className="grid size-8 place-items-center rounded-md text-ink-muted hover:bg-hover hover:text-ink max-md:size-10"
      >
        <Ellipsis aria-hidden className="size-4" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="end" sideOffset={4} collisionPadding={8} className={MENU}>
          {ITEMS.map(({ question, label }) => (
            <DropdownMenu.Item key={question} className={MENU_ITEM} onSelect={() => onAsk(question)}>
              {label}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
