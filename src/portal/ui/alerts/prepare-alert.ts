import { type AlertFacts, alertFigures, alertHeadline } from "#domain/alert.ts";
import type { Alert } from "#portal/client/answers.ts";

/** How an alert is drawn: what it says, where it leads, and how loud it is. */
export type AlertView = {
  key: string;
  tone: "calm" | "near" | "stop";
  kind: AlertFacts["kind"];
  headline: string;
  at: Date;
  isUnread: boolean;
  /** Null: there is no page about it any more. */
  href: string | null;
  figures: { label: string; value: string }[];
  /** One line for the popover. */
  summary: string;
};

/** Words and links of an alert. The agent stands in the headline already, so it is not among the figures again. */
export function prepareAlert({ id, facts, isUnread, hasAgentPage }: Alert): AlertView {
  const figures = alertFigures(facts).filter(({ label }) => label !== "Agent");
  return {
    key: id.toString(),
    tone: toneOf(facts),
    kind: facts.kind,
    headline: alertHeadline(facts),
    at: facts.at,
    isUnread,
    href: hrefOf(facts, hasAgentPage),
    figures,
    summary: figures
      .filter(({ label }) => label !== "Noticed" && label !== "Period")
      .map(({ label, value }) => `${label} ${value}`)
      .slice(0, 2)
      .join(" · "),
  };
}

function toneOf({ kind, thresholdPercent }: AlertFacts): AlertView["tone"] {
  if (kind === "request") return "calm";
  if (kind === "unrouted") return "near";
  if (kind !== "threshold" || thresholdPercent === null) return "stop";
  if (thresholdPercent >= 100) return "stop";
  return thresholdPercent >= 80 ? "near" : "calm";
}

function hrefOf({ kind, scope, agentName }: AlertFacts, hasAgentPage: boolean): string | null {
  if (scope !== "agent") return "/budgets"; // only admins see these
  if (agentName === null || !hasAgentPage) return null;
  return `/agents/${encodeURIComponent(agentName)}?tab=${kind === "unrouted" ? "telemetry" : "budget"}`;
}
