import {
  Activity,
  Archive,
  BellRing,
  CircleDollarSign,
  CircleUser,
  LayoutDashboard,
  ListFilter,
  type LucideIcon,
  MessagesSquare,
  Send,
  SlidersHorizontal,
  Telescope,
  Users,
  Wallet,
} from "lucide-react";

/** A page that people go to by its name. */
export type Place = { href: string; label: string; icon: LucideIcon; isForAdmins: boolean };

/** What is looked at daily. */
const DAILY: readonly Place[] = [
  { href: "/overview", label: "Overview", icon: LayoutDashboard, isForAdmins: false },
  { href: "/agents", label: "Agents", icon: Activity, isForAdmins: false },
  { href: "/requests", label: "Requests", icon: ListFilter, isForAdmins: false },
  { href: "/sessions", label: "Sessions", icon: MessagesSquare, isForAdmins: false },
  { href: "/budgets", label: "Budgets", icon: Wallet, isForAdmins: true },
  { href: "/alerts", label: "Alerts", icon: BellRing, isForAdmins: false },
  { href: "/observability", label: "Observability", icon: Telescope, isForAdmins: true },
  { href: "/people", label: "People", icon: Users, isForAdmins: true },
];

/** What is set now and then. */
const SETTINGS: readonly Place[] = [
  { href: "/settings/prices", label: "Prices", icon: CircleDollarSign, isForAdmins: true },
  { href: "/settings/retention", label: "Retention", icon: Archive, isForAdmins: true },
  { href: "/settings/notifications", label: "Notifications", icon: Send, isForAdmins: true },
  { href: "/settings/observability", label: "LLM Observability", icon: SlidersHorizontal, isForAdmins: true },
  { href: "/account", label: "Account", icon: CircleUser, isForAdmins: false },
];

/** The places that a person of this role can go to: the one list of the navigation and the command palette. */
export function placesFor(role: "admin" | "owner"): { daily: Place[]; settings: Place[] } {
  const mayOpen = (place: Place) => role === "admin" || !place.isForAdmins;
  return { daily: DAILY.filter(mayOpen), settings: SETTINGS.filter(mayOpen) };
}
