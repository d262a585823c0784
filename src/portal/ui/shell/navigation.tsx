"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { useId } from "react";

import { useViewer } from "#portal/client/viewer.tsx";
import { classNames } from "#portal/ui/class-names.ts";
import { type Place, placesFor } from "#portal/ui/shell/places.ts";

/** The places of the portal that this person can go to. */
export function Navigation({ onChoose }: { onChoose?: () => void }) {
  const settingsId = useId();
  const { daily, settings } = placesFor(useViewer().role);
  return (
    <nav aria-label="Main">
      <PlaceList places={daily} onChoose={onChoose} />
      <p id={settingsId} className="mt-4 mb-1 px-2.5 text-xs text-ink-muted">
        Settings
      </p>
      <PlaceList places={settings} onChoose={onChoose} labelledBy={settingsId} />
    </nav>
  );
}

type PlaceListProps = { places: readonly Place[]; onChoose: (() => void) | undefined; labelledBy?: string };

function PlaceList({ places, onChoose, labelledBy }: PlaceListProps) {
  const pathname = usePathname();
  return (
    <ul aria-labelledby={labelledBy} className="grid gap-0.5">
      {places.map(({ href, label, icon: Icon }) => {
        const isHere = pathname === href || pathname.startsWith(`${href}/`);
        return (
          <li key={href}>
            <Link
              href={href}
              onClick={onChoose}
              aria-current={isHere ? "page" : undefined}
              className={classNames(
                "flex h-8 items-center gap-2.5 rounded-md px-2.5 text-sm font-medium text-ink-muted hover:bg-hover hover:text-ink max-md:h-11 max-md:text-base",
                isHere && "bg-accent-soft text-accent hover:bg-accent-soft hover:text-accent",
              )}
            >
              <Icon aria-hidden className="size-4" />
              {label}
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
