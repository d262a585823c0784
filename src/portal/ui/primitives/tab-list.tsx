"use client";

import { Tabs } from "radix-ui";
import { type ReactNode, useEffect, useRef } from "react";

type Tab<Id extends string> = { id: Id; label: string; panel: ReactNode };
type TabListProps<Id extends string> = { label: string; tabs: Tab<Id>[]; current: Id; onChange: (id: Id) => void };

/** Tabs with arrow keys. Only the open panel is mounted; where it is kept (the address) is the caller's choice. */
export function TabList<Id extends string>({ label, tabs, current, onChange }: TabListProps<Id>) {
  const choose = (value: string) => {
    const tab = tabs.find(({ id }) => id === value);
    if (tab) onChange(tab.id);
  };
  const list = useRef<HTMLDivElement>(null);
  // Where the tabs do not all fit, the open one is in sight.
  useEffect(() => {
    const open = list.current?.querySelector(`[data-tab="${current}"]`);
    open?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [current]);
  return (
    <Tabs.Root value={current} onValueChange={choose} activationMode="manual">
      <Tabs.List ref={list} aria-label={label} className="-mx-1 flex gap-1 overflow-x-auto border-b px-1">
        {tabs.map((tab) => (
          <Tabs.Trigger
            key={tab.id}
            value={tab.id}
            data-tab={tab.id}
            className="-mb-px h-9 border-b-2 border-transparent px-2.5 text-sm font-medium whitespace-nowrap text-ink-muted -outline-offset-2 hover:text-ink data-[state=active]:border-accent data-[state=active]:text-ink max-md:h-11"
          >
            {tab.label}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {tabs.map((tab) => (
        <Tabs.Content key={tab.id} value={tab.id} className="pt-4 outline-offset-4">
          {tab.panel}
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}
