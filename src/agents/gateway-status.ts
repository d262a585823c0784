import type { GatewayReport, GatewayStatusStore } from "#agents/gateway-status-store.ts";

/** A gateway reports every few seconds; after this long without a word, what it does is not known. */
const SILENT_AFTER_MS = 15_000;

/**
 * Whether the gateway is at work. `never`: none has ever reported. `silent`: the last report is older than
 * 15 s, so `holdsAnthropicKey` and `journalBacklog` are its last words. Null is "not known".
 */
export type GatewayStatus = {
  state: "reporting" | "silent" | "never";
  seenAt: Date | null;
  holdsAnthropicKey: boolean | null;
  journalBacklog: number | null;
  /** What agents are told to call. */
  url: string;
};

export type GatewayStatuses = ReturnType<typeof createGatewayStatuses>;

/** Reads what the gateways say of themselves. */
export function createGatewayStatuses(options: { store: GatewayStatusStore; url: string; clock: () => Date }) {
  return {
    /** The state of the gateways together: the most recent report, and the backlogs of all that report. */
    async status(): Promise<GatewayStatus> {
      return gatewayStatus(await options.store.reports(), options.url, options.clock());
    },
  };
}

/** Sums up reports, the most recent first. Pure. */
export function gatewayStatus(reports: readonly GatewayReport[], url: string, now: Date): GatewayStatus {
  const [latest] = reports;
  if (latest === undefined) {
    return { state: "never", seenAt: null, holdsAnthropicKey: null, journalBacklog: null, url };
  }
  const reporting = reports.filter((report) => now.getTime() - report.seenAt.getTime() <= SILENT_AFTER_MS);
  const spoken = reporting.length > 0 ? reporting : [latest];
  return {
    state: reporting.length > 0 ? "reporting" : "silent",
    seenAt: latest.seenAt,
    holdsAnthropicKey: spoken.every((report) => report.holdsAnthropicKey),
    journalBacklog: spoken.reduce((sum, report) => sum + report.journalBacklog, 0),
    url,
  };
}
