import { type AlertFacts, alertFigures, alertHeadline } from "#domain/alert.ts";
import { type NanoUsd, toUsdText } from "#domain/money.ts";

/**
 * What people and programs are told, whichever way it travels. Kept in the outbox as JSON, so that every attempt says the
 * same. `event` is the body of a webhook, `docs/webhooks.md` describes it.
 */
export type AlertMessage = {
  title: string;
  figures: { label: string; value: string }[];
  link: string;
  event: JsonFields;
};

type JsonFields = { [name: string]: string | number | boolean | null | JsonFields };

/** Puts an alert into words. `portalUrl` has no slash at its end. Pure and total. */
export function composeAlertMessage(alertId: bigint, facts: AlertFacts, portalUrl: string): AlertMessage {
  const title = alertHeadline(facts);
  const link = `${portalUrl}${pathOf(facts)}`;
  const { detail, increase } = facts;
  return {
    title,
    figures: alertFigures(facts),
    link,
    event: {
      type: `alert.${facts.kind}`,
      alert_id: alertId.toString(),
      at: facts.at.toISOString(),
      title,
      scope: facts.scope,
      agent: facts.agentName,
      pool: facts.poolName,
      period: facts.period,
      period_start: facts.periodStart.toISOString(),
      threshold_percent: facts.thresholdPercent,
      limit_usd: usdOf(facts.limit),
      spent_usd: usdOf(facts.spent),
      reported: detail.isReported,
      forecast:
        detail.forecast === null
          ? null
          : {
              limit_reached_at: detail.forecast.limitReachedAt?.toISOString() ?? null,
              period_end_usd: usdOf(detail.forecast.periodEndSpend),
            },
      unrouted:
        detail.unrouted === null
          ? null
          : { amount_usd: toUsdText(detail.unrouted.amount), reported_usd: toUsdText(detail.unrouted.reported) },
      paused: detail.isPaused,
      request:
        increase === null
          ? null
          : {
              amount_usd: toUsdText(increase.amount),
              period: increase.period,
              until: increase.endsAt.toISOString(),
              reason: increase.reason,
              requested_by: increase.requestedByName,
            },
      url: link,
    },
  };
}

/** The message of the test button. */
export function composeTestMessage(channelName: string, at: Date, portalUrl: string): AlertMessage {
  const title = `Test of the channel ${channelName}`;
  const link = `${portalUrl}/settings/notifications`;
  return {
    title,
    figures: [{ label: "Meaning", value: "Warnings about budgets will arrive here. Nothing has happened." }],
    link,
    event: { type: "test", at: at.toISOString(), title, url: link },
  };
}

/** A request is decided on the alerts' page; what concerns one agent is seen on its own, the rest among all budgets. */
function pathOf({ kind, scope, agentName }: AlertFacts): string {
  if (kind === "request") return "/alerts";
  if (scope !== "agent") return "/budgets";
  if (agentName === null) return "/alerts";
  return `/agents/${encodeURIComponent(agentName)}?tab=${kind === "unrouted" ? "telemetry" : "budget"}`;
}

function usdOf(amount: NanoUsd | null): string | null {
  return amount === null ? null : toUsdText(amount);
}
