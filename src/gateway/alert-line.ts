import { formatUsd } from "#domain/money.ts";
import type { Alert } from "#ledger/alerts.ts";
import type { Log } from "#log.ts";

/** Says in the log that a threshold has been reached. */
export function logAlert(log: Log, alert: Alert, agentName: string | undefined): void {
  log.warn({ agent: agentName, ...describe(alert) }, sentence(alert));
}

function describe(alert: Alert) {
  const { budget, period, thresholdPercent, limit, spent } = alert;
  return { budget, period, thresholdPercent, spent: formatUsd(spent), limit: formatUsd(limit) };
}

function sentence(alert: Alert): string {
  const [kind = ""] = alert.budget.split(":");
  const whose = { agent: "An agent", pool: "A pool of agents", fleet: "The fleet" }[kind] ?? kind;
  return `${whose} has used ${alert.thresholdPercent} % of its limit for the ${alert.period}`;
}
