import { formatUsd, type NanoUsd } from "#domain/money.ts";
import { clockTime } from "#portal/ui/format/instants.ts";

/** What the portal knows of the gateways. */
export type GatewayStatus = { state: "reporting" | "silent" | "never"; seenAt: Date | null };

/**
 * Whether figures of the running day can be trusted. `isCurrent` false: calls may have been made that nobody
 * has counted, so figures carry `since` and a zero is not shown as one.
 */
export type Freshness = { isCurrent: true } | { isCurrent: false; since: string | null; title: string; body: string };

const WHAT_TO_DO =
  "Agents cannot call, or their calls are not counted yet. Check that the gateway is running; it catches up by itself.";

/** Tells a quiet day from one that nobody counts. */
export function prepareFreshness(status: GatewayStatus | undefined, now: Date, timeZone: string): Freshness {
  if (status === undefined || status.state === "reporting") return { isCurrent: true };
  if (status.seenAt === null) {
    return {
      isCurrent: false,
      since: null,
      title: "No gateway has reported yet: costs are not known.",
      body: WHAT_TO_DO,
    };
  }
  const since = clockTime(status.seenAt, now, timeZone).slice(0, -3);
  return {
    isCurrent: false,
    since,
    title: `The gateway is silent: costs since ${since} are not known yet.`,
    body: WHAT_TO_DO,
  };
}

/** A figure of the running day. `text` null: nobody knows it. `note` carries the reservation. */
export type CurrentFigure = { text: string | null; note: string | null };

/** An amount of the running day, marked as a lower bound while calls may be uncounted; a zero is then unknown. */
export function prepareCurrentFigure(amount: NanoUsd, freshness: Freshness): CurrentFigure {
  return atLeast(formatUsd(amount), amount === 0n, freshness);
}

/** A number of calls of the running day, as it is written out, likewise. */
export function prepareCurrentCount(count: number, text: string, freshness: Freshness): CurrentFigure {
  return atLeast(text, count === 0, freshness);
}

function atLeast(text: string, isZero: boolean, freshness: Freshness): CurrentFigure {
  if (freshness.isCurrent) return { text, note: null };
  const note =
    freshness.since === null
      ? "No gateway has reported yet."
      : `Known until ${freshness.since}; the gateway is silent.`;
  return isZero ? { text: null, note } : { text: `≥ ${text}`, note };
}
