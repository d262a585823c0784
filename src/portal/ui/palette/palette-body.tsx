"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Bot, Search } from "lucide-react";
import { type KeyboardEvent, useId, useState } from "react";

import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { useViewer } from "#portal/client/viewer.tsx";
import { activeOption, steppedOption } from "#portal/ui/palette/active-option.ts";
import { bestMatches } from "#portal/ui/palette/best-matches.ts";
import { OptionGroup, type PaletteOption } from "#portal/ui/palette/palette-options.tsx";
import { placesFor } from "#portal/ui/shell/places.ts";

const AGENTS_MAX = 8;
const STEPS: Readonly<Record<string, 1 | -1>> = { ArrowDown: 1, ArrowUp: -1 };

/** The field and, under it, the pages and agents that its text finds. The focus stays in the field, which names the active option. */
export function PaletteBody({ onChoose }: { onChoose: (href: string) => void }) {
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const id = useId();
  const { agents, isComplete, failure } = useFoundAgents(text);
  const places = useFoundPlaces(text);
  const hrefs = [...places, ...agents].map(({ href }) => href);
  const active = activeOption(hrefs, chosen);
  const idOf = (href: string) => `${id}-${hrefs.indexOf(href)}`;
  const options = { idOf, active, onPoint: setChosen, onChoose };

  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const step = STEPS[event.key];
    if (step === undefined && event.key !== "Enter") return;
    event.preventDefault();
    if (step !== undefined) setChosen(steppedOption(hrefs, active, step));
    else if (active !== null) onChoose(active);
  };

  return (
    <>
      <div className="flex items-center gap-2.5 border-b pr-12 pl-3.5">
        <Search aria-hidden className="size-4 shrink-0 text-ink-muted" />
        <input
          type="text"
          role="combobox"
          aria-label="Page or agent"
          aria-autocomplete="list"
          aria-expanded
          aria-controls={id}
          aria-activedescendant={active === null ? undefined : idOf(active)}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setChosen(null);
          }}
          onKeyDown={press}
          maxLength={128}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          placeholder="Page or agent"
          className="h-12 w-full bg-transparent text-base outline-none placeholder:text-ink-faint"
        />
      </div>
      {/* Of one height, so that nothing jumps while one types. */}
      <div
        id={id}
        role="listbox"
        tabIndex={-1}
        aria-label="Pages and agents"
        className="h-[min(24rem,60dvh)] overflow-y-auto overscroll-contain p-1.5"
      >
        <OptionGroup heading="Pages" options={places} {...options} />
        <OptionGroup heading="Agents" options={agents} {...options} />
      </div>
      <p role="status" className="min-h-9 border-t px-3.5 py-2 text-xs text-ink-muted">
        {failure ?? statusText(isComplete, places.length, agents.length)}
      </p>
    </>
  );
}

function useFoundPlaces(text: string): PaletteOption[] {
  const { daily, settings } = placesFor(useViewer().role);
  return bestMatches([...daily, ...settings], text, ({ label }) => label).map(({ href, label, icon: Icon }) => ({
    href,
    icon: <Icon aria-hidden className="size-4 shrink-0" />,
    name: label,
    note: null,
  }));
}

/** While the server looks, what is known already and fits: so Enter never opens what the text does not name. */
function useFoundAgents(text: string) {
  const trpc = useTRPC();
  const { role } = useViewer();
  const input = { text: text.trim(), limit: AGENTS_MAX };
  const query = useQuery({ ...trpc.agents.search.queryOptions(input), placeholderData: keepPreviousData });
  const agents = bestMatches(query.data?.agents ?? [], text, ({ name }) => name).map(
    ({ name, type, ownerName }): PaletteOption => ({
      href: `/agents/${encodeURIComponent(name)}`,
      icon: <Bot aria-hidden className="size-4 shrink-0" />,
      name,
      // Admins have agents of many people, so they are told whose it is.
      note: role === "admin" ? (ownerName ?? "no owner") : type,
    }),
  );
  const isComplete = query.isSuccess && !query.isPlaceholderData;
  return { agents, isComplete, failure: query.isError ? failureText(query.error) : null };
}

function statusText(isComplete: boolean, places: number, agents: number): string {
  if (!isComplete) return "Looking for agents";
  if (agents === AGENTS_MAX) return `The first ${AGENTS_MAX} agents. Type more of the name for others.`;
  const count = places + agents;
  if (count === 0) return "No page and no agent has this in its name.";
  return count === 1 ? "1 found" : `${count} found`;
}
