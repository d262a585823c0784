"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useState } from "react";

import { MENU, MENU_ITEM } from "#portal/ui/primitives/menu.ts";
import { THEMES, type Theme, themeCookie, toTheme } from "#portal/ui/shell/theme.ts";

const LABELS = { system: "Like the system", light: "Light", dark: "Dark" } as const;
const ICONS = { system: Monitor, light: Sun, dark: Moon } as const;

/** Light, dark, or as the system has it; remembered for a year. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState<Theme>("system");
  const choose = (value: string) => {
    const chosen = toTheme(value);
    setTheme(chosen);
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing where the page is not served over https
    document.cookie = themeCookie(chosen);
    if (chosen === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = chosen;
  };

  return (
    <DropdownMenu.Root onOpenChange={() => setTheme(toTheme(document.documentElement.dataset.theme))} modal={false}>
      <DropdownMenu.Trigger
        aria-label="Colours"
        className="grid size-8 place-items-center rounded-md text-ink-muted hover:bg-hover hover:text-ink max-md:size-10"
      >
        <Sun aria-hidden className="size-4" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="end" sideOffset={6} collisionPadding={8} className={MENU}>
          <DropdownMenu.RadioGroup value={theme} onValueChange={choose}>
            {THEMES.map((option) => {
              const Icon = ICONS[option];
              return (
                <DropdownMenu.RadioItem key={option} value={option} className={MENU_ITEM}>
                  <Icon aria-hidden className="size-4 text-ink-muted" />
                  {LABELS[option]}
                  <DropdownMenu.ItemIndicator className="ml-auto size-1.5 rounded-full bg-accent" />
                </DropdownMenu.RadioItem>
              );
            })}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
