import type { PortalBacklog } from "#signals/portal-backlog-store.ts";
import { createPortalFigures, type PortalFigures, type RequestResult } from "#signals/portal-figures.ts";
import { createMetricsRegistry, type MetricsRegistry, type Sample } from "#signals/registry.ts";
import { isBearer } from "#signals/scrape-token.ts";

export type PortalMetrics = {
  figures: PortalFigures;
  /** Null: they are off. */
  scrape: { isAllowed(authorization: string | null): boolean; contentType: string; text(): Promise<string> } | null;
};

type Parts = { token: string | undefined; readBacklog: () => Promise<PortalBacklog> };

/** The portal's own figures, and how Prometheus gets them; without a token it does not. */
export function createPortalMetrics({ token, readBacklog }: Parts): PortalMetrics {
  const figures = createPortalFigures();
  if (token === undefined) return { figures, scrape: null };
  const registry = createMetricsRegistry();
  registerRequests(registry, figures);
  registerBacklog(registry, sharedBriefly(readBacklog));
  const { contentType, text } = registry;
  return { figures, scrape: { isAllowed: (authorization) => isBearer(authorization, token), contentType, text } };
}

const RESULTS: readonly RequestResult[] = ["ok", "refused", "failed"];

function registerRequests(registry: MetricsRegistry, figures: PortalFigures): void {
  registry.counter(
    { name: "trinity_portal_requests_total", help: "Procedures and REST calls that were answered." },
    () =>
      [...figures.endpoints].flatMap(([endpoint, counts]) =>
        RESULTS.map((result) => ({ labels: { endpoint, result }, value: counts[result] })),
      ),
  );
  registry.histogram({ name: "trinity_portal_request_duration_seconds", help: "How long they took." }, () =>
    [...figures.endpoints].map(([endpoint, { duration }]) => ({ labels: { endpoint }, reading: duration.read() })),
  );
  registry.counter({ name: "trinity_portal_sign_ins_failed_total", help: "Sign-ins that were refused." }, () => {
    const failures = [...figures.signInFailures];
    // A series that is there from the start: the first failure is a rise, too.
    if (failures.length === 0) return [{ labels: { reason: "wrong_credentials" }, value: 0 }];
    return failures.map(([reason, value]) => ({ labels: { reason }, value }));
  });
  registry.gauge({ name: "trinity_portal_sse_listeners", help: "Open pages that are told of news." }, () => [
    { value: figures.listeners() },
  ]);
}

function registerBacklog(registry: MetricsRegistry, backlog: () => Promise<PortalBacklog | null>): void {
  const gauge = (name: string, help: string, read: (found: PortalBacklog) => number | null) =>
    registry.gauge({ name, help }, async (): Promise<Sample[]> => {
      const found = await backlog();
      return [{ value: found === null ? Number.NaN : (read(found) ?? Number.NaN) }];
    });
  gauge(
    "trinity_portal_notifications_waiting",
    "Messages by mail and webhook that are on their way.",
    (found) => found.waiting,
  );
  gauge("trinity_portal_notifications_failed", "Messages that were given up.", (found) => found.failed);
  gauge(
    "trinity_portal_notifications_oldest_seconds",
    "How long the oldest on its way waits.",
    (found) => found.oldestSeconds,
  );
  gauge(
    "trinity_portal_reconciliation_age_seconds",
    "Since the ledger was last compared with Helicone; NaN: never.",
    (found) => found.comparedSecondsAgo,
  );
  registry.gauge({ name: "trinity_portal_database_up", help: "Whether the database answers: 1 or 0." }, async () => [
    { value: (await backlog()) === null ? 0 : 1 },
  ]);
}

const SHARED_MS = 1_000;

/** The gauges of one scrape share one question. A database that does not answer is a figure, not the end of the scrape. */
function sharedBriefly(read: () => Promise<PortalBacklog>): () => Promise<PortalBacklog | null> {
  let asked: { atMs: number; answer: Promise<PortalBacklog | null> } | null = null;
  return () => {
    const nowMs = Date.now();
    if (asked === null || nowMs - asked.atMs > SHARED_MS) asked = { atMs: nowMs, answer: read().catch(() => null) };
    return asked.answer;
  };
}
