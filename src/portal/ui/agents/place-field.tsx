"use client";

import { useQuery } from "@tanstack/react-query";
import { failureText } from "#portal/client/failure.ts";
import { useTRPC } from "#portal/client/trpc.ts";

/** Where a new agent is to run. */
export type Place = "external" | "process" | "docker";

const PLACES: Record<Place, { label: string; effect: string }> = {
  external: {
    label: "Somewhere else",
    effect: "You run it: on a laptop, a server, in a pipeline. You get its key and the lines to set.",
  },
  docker: {
    label: "In a container here",
    effect: "The portal runs it in Docker, fenced in, with its own files. You can talk to it on its page.",
  },
  process: {
    label: "On this machine",
    effect:
      "The portal runs it beside itself, with its own folder. You can talk to it on its page. Not fenced in: it may read what the portal's own user may read.",
  },
};

type PlaceFieldProps = { chosen: Place; onChoose: (place: Place) => void };

/** The places where an agent can run; those that cannot be had at present say why. */
export function PlaceField({ chosen, onChoose }: PlaceFieldProps) {
  const trpc = useTRPC();
  const { data, error } = useQuery(trpc.agents.places.queryOptions());
  const problems = new Map<Place, string | null>([["external", null]]);
  for (const { kind, problem } of data?.places ?? []) problems.set(kind, problem);
  const offered = (["external", "docker", "process"] as const).filter((place) => problems.has(place));
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">Where does it run?</legend>
      <div className="grid gap-px overflow-hidden rounded-md border bg-line">
        {offered.map((place) => {
          const problem = problems.get(place) ?? null;
          return (
            <label key={place} className="flex items-start gap-2.5 bg-surface px-3 py-2 has-checked:bg-accent-soft">
              <input
                type="radio"
                name="runtime"
                value={place}
                checked={chosen === place}
                disabled={problem !== null}
                onChange={() => onChoose(place)}
                className="mt-1 accent-accent"
              />
              <span className="text-sm">
                <span className="font-medium">{PLACES[place].label}</span>
                <span className="block text-xs text-ink-muted">{problem ?? PLACES[place].effect}</span>
              </span>
            </label>
          );
        })}
      </div>
      {error === null ? null : <p className="mt-1 text-xs text-stop">{failureText(error)}</p>}
    </fieldset>
  );
}
