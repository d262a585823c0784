/** The tabs of an agent's page, as the address names them. */
export const AGENT_TABS = [
  "costs",
  "telemetry",
  "requests",
  "sessions",
  "chat",
  "logs",
  "budget",
  "limits",
  "connect",
  "observability",
  "settings",
] as const;
export type AgentTab = (typeof AGENT_TABS)[number];

/** The spans of the cost charts, in days. */
export const COST_DAYS = [7, 30] as const;
export type CostDays = (typeof COST_DAYS)[number];

type Address = { get: (name: string) => string | null };

/** The tabs that there are for this person. */
export function tabsFor(person: { isAdmin: boolean }): AgentTab[] {
  return AGENT_TABS.filter((tab) => person.isAdmin || (tab !== "settings" && tab !== "observability"));
}

/** Which tab an address opens for this person. */
export function tabOf(address: Address, person: { isAdmin: boolean }): AgentTab {
  return tabsFor(person).find((tab) => tab === address.get("tab")) ?? "costs";
}

/** Which span an address asks for. */
export function daysOf(address: Address): CostDays {
  return address.get("days") === "30" ? 30 : 7;
}

/** The address with one part changed, keeping the others; what is the default is left out. */
export function withPart(search: string, part: { tab: AgentTab } | { days: CostDays }): string {
  const next = new URLSearchParams(search);
  if ("tab" in part) setOrDrop(next, "tab", part.tab === "costs" ? null : part.tab);
  else setOrDrop(next, "days", part.days === 7 ? null : String(part.days));
  const text = next.toString();
  return text === "" ? "?" : `?${text}`;
}

function setOrDrop(search: URLSearchParams, name: string, value: string | null): void {
  if (value === null) search.delete(name);
  else search.set(name, value);
}
