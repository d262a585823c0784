"use client";

import {
  Activity,
  BellRing,
  CircleDollarSign,
  CircleUser,
  LayoutDashboard,
  ListFilter,
  MessagesSquare,
  Send,
  SlidersHorizontal,
  Telescope,
  Users,
  Wallet,
} from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useId } from "react";

import { useViewer } from "#portal/client/viewer.tsx";
import { classNames } from "#portal/ui/class-names.ts";

/** What is looked at daily, and what is set now and then. */
const PLACES = [
  { href: "/overview", label: "Overview", icon: LayoutDashboard, isForAdmins: false },
  { href: "/agents", label: "Agents", icon: Activity, isForAdmins: false },
  { href: "/requests", label: "Requests", icon: ListFilter, isForAdmins: false },
  { href: "/sessions", label: "Sessions", icon: MessagesSquare, isForAdmins: false },
  { href: "/budgets", label: "Budgets", icon: Wallet, isForAdmins: true },
  { href: "/alerts", label: "Alerts", icon: BellRing, isForAdmins: false },
  { href: "/observability", label: "Observability", icon: Telescope, isForAdmins: true },
  { href: "/people", label: "People", icon: Users, isForAdmins: true },
] as const;
const SETTINGS = [
  { href: "/settings/prices", label: "Prices", icon: CircleDollarSign, isForAdmins: true },
  { href: "/settings/notifications", label: "Notifications", icon: Send, isForAdmins: true },
  { href: "/settings/observability", label: "LLM Observability", icon: SlidersHorizontal, isForAdmins: true },
  { href: "/account", label: "Account", icon: CircleUser, isForAdmins: false },
] as const;

type Place = (typeof PLACES)[number] | (typeof SETTINGS)[number];

/** The places of the portal that this person can go to. */
export function Navigation({ onChoose }: { onChoose?: () => void }) {
  const settingsId = useId();
  return (
    <nav aria-label="Main">
      <PlaceList places={PLACES} onChoose={onChoose} />
      <p id={settingsId} className="mt-4 mb-1 px-2.5 text-xs text-ink-muted">
        Settings
      </p>
      <PlaceList places={SETTINGS} onChoose={onChoose} labelledBy={settingsId} />
    </nav>
  );
}

type PlaceListProps = { places: readonly Place[]; onChoose: (() => void) | undefined; labelledBy?: string };

function PlaceList({ places, onChoose, labelledBy }: PlaceListProps) {
  const { role } = useViewer();
  const pathname = usePathname();
  return (
    <ul aria-labelledby={labelledBy} className="grid gap-0.5">
      {places
        .filter((place) => role === "admin" || !place.isForAdmins)
        .map(({ href, label, icon: Icon }) => {
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
