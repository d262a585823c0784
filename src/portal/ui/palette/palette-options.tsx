"use client";

import { type ReactNode, useEffect, useId, useRef } from "react";

export type PaletteOption = { href: string; icon: ReactNode; name: string; note: string | null };

type OptionsProps = {
  /** The id of an option's element, for the field to name the active one by. */
  idOf: (href: string) => string;
  active: string | null;
  onPoint: (href: string) => void;
  onChoose: (href: string) => void;
};

type GroupProps = OptionsProps & { heading: string; options: readonly PaletteOption[] };

/** Options of one kind. The focus stays in the field, so they are not stepped through by Tab. */
export function OptionGroup({ heading, options, ...rest }: GroupProps) {
  const headingId = useId();
  if (options.length === 0) return null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is no part of a listbox
    <div role="group" aria-labelledby={headingId} className="pb-1.5">
      <p id={headingId} role="presentation" className="px-2 py-1 text-xs text-ink-muted">
        {heading}
      </p>
      {options.map((option) => (
        <Option key={option.href} option={option} {...rest} />
      ))}
    </div>
  );
}

function Option({ option, idOf, active, onPoint, onChoose }: OptionsProps & { option: PaletteOption }) {
  const { href, icon, name, note } = option;
  const isActive = href === active;
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isActive) element.current?.scrollIntoView({ block: "nearest" });
  }, [isActive]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's
    <div
      ref={element}
      id={idOf(href)}
      role="option"
      tabIndex={-1}
      aria-selected={isActive}
      onMouseDown={(event) => event.preventDefault()}
      onPointerMove={() => onPoint(href)}
      onClick={() => onChoose(href)}
      className="flex min-h-9 scroll-my-8 cursor-pointer items-center gap-2.5 rounded-md px-2 text-sm select-none aria-selected:bg-accent-soft aria-selected:text-accent max-md:min-h-11"
    >
      {icon}
      <span className="min-w-0 truncate font-medium">{name}</span>{" "}
      {note === null ? null : <span className="ml-auto max-w-[45%] truncate text-xs text-ink-muted">{note}</span>}
    </div>
  );
}
