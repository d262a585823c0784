import type { HeliconeReport } from "#domain/helicone-log.ts";
import type { GatewayHelicone, HeliconeStatusStore } from "#helicone/helicone-status-store.ts";

/** A gateway reports every few seconds; after this long without a word, what it does is not known. */
const SILENT_AFTER_MS = 15_000;

/**
 * How the gateways get on with Helicone. `off`: it is turned off. `unknown`: no gateway says anything of it, or the last word is
 * older than 15 s; the figures, where there are any, are the last ones then. Null is "not known".
 */
export type HeliconeStatus = {
  state: "off" | "working" | "failing" | "unknown";
  mode: "log" | "proxy" | null;
  seenAt: Date | null;
  /** Of the gateway that is worst off. */
  breaker: HeliconeReport["breaker"];
  /** Gateways share one outbox, so it is that of the most recent report. */
  backlog: HeliconeReport["backlog"];
  /** Of all gateways together. */
  spool: HeliconeReport["spool"] | null;
};

type Parts = {
  store: HeliconeStatusStore /** Null: it is turned off. */;
  mode: "log" | "proxy" | null;
  clock: () => Date;
};

export type HeliconeStatuses = ReturnType<typeof createHeliconeStatuses>;

/** Reads what the gateways say of Helicone. */
export function createHeliconeStatuses({ store, mode, clock }: Parts) {
  return {
    status: async (): Promise<HeliconeStatus> => heliconeStatus(await store.reports(), mode, clock()),
  };
}

/** Sums up reports, the most recent first. Pure. */
export function heliconeStatus(
  reports: readonly GatewayHelicone[],
  mode: "log" | "proxy" | null,
  now: Date,
): HeliconeStatus {
  const nothing = { mode, seenAt: null, breaker: null, backlog: null, spool: null };
  if (mode === null) return { state: "off", ...nothing };
  const told = reports.flatMap(({ seenAt, helicone }) => (helicone === null ? [] : [{ seenAt, helicone }]));
  const reporting = told.filter(({ seenAt }) => now.getTime() - seenAt.getTime() <= SILENT_AFTER_MS);
  const spoken = reporting.length > 0 ? reporting : told.slice(0, 1);
  const [latest] = spoken;
  if (latest === undefined) return { state: "unknown", ...nothing };
  const breaker = spoken.map(({ helicone }) => helicone.breaker).reduce(worse);
  const { backlog } = latest.helicone;
  const isFailing = backlog?.failing === true || (breaker !== null && breaker.state !== "closed");
  const reported = isFailing ? "failing" : "working";
  return {
    state: reporting.length > 0 ? reported : "unknown",
    mode,
    seenAt: latest.seenAt,
    breaker,
    backlog,
    spool: spoken.map(({ helicone }) => helicone.spool).reduce(together),
  };
}

function worse(one: HeliconeReport["breaker"], other: HeliconeReport["breaker"]): HeliconeReport["breaker"] {
  if (one === null || other === null) return one ?? other;
  const ranks = ["closed", "half_open", "open"];
  return ranks.indexOf(other.state) > ranks.indexOf(one.state) ? other : one;
}

function together(one: HeliconeReport["spool"], other: HeliconeReport["spool"]): HeliconeReport["spool"] {
  return {
    bytes: one.bytes + other.bytes,
    limitBytes: one.limitBytes + other.limitBytes,
    dropped: one.dropped + other.dropped,
  };
}
