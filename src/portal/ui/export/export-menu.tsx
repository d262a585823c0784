"use client";

import { ChevronDown, Download } from "lucide-react";
import { DropdownMenu } from "radix-ui";

import { buttonClassNames } from "#portal/ui/primitives/button.tsx";
import { MENU, MENU_ITEM } from "#portal/ui/primitives/menu.ts";

type ExportMenuProps = { /** Without the format. */ search: Record<string, string> };

const FORMATS = [
  { format: "csv", label: "CSV: by day, agent and model" },
  { format: "focus", label: "FOCUS 1.2: by kind of token, too" },
] as const;

/** The costs of a view as a file. */
export function ExportMenu({ search }: ExportMenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className={buttonClassNames()}>
        <Download aria-hidden />
        Export
        <ChevronDown aria-hidden />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="end" sideOffset={6} collisionPadding={8} className={MENU}>
          {FORMATS.map(({ format, label }) => (
            <DropdownMenu.Item key={format} asChild className={MENU_ITEM}>
              <a href={`/api/costs/export?${new URLSearchParams({ format, ...search })}`} download>
                {label}
              </a>
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
