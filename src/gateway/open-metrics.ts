import type { HeliconeReport } from "#domain/helicone-log.ts";
import type { Gateway } from "#gateway/gateway.ts";
import { registerGatewayMetrics } from "#gateway/gateway-metrics.ts";
import type { LiveConfig } from "#gateway/live-config.ts";
import { createMetricsRegistry, type MetricsRegistry } from "#signals/registry.ts";

export type ScrapedMetrics = { token: string; registry: MetricsRegistry };

type Parts = { gateway: Gateway; live: LiveConfig; helicone: () => HeliconeReport | null };

/** What Prometheus gets of this gateway; null without a token: what calls cost is nobody's business who reaches the port. */
export function openMetrics(token: string | undefined, { gateway, live, helicone }: Parts): ScrapedMetrics | null {
  if (token === undefined) return null;
  const registry = createMetricsRegistry();
  const { figures, journal, admission } = gateway;
  const inFlight = () => gateway.inFlight.all().length;
  registerGatewayMetrics(registry, { figures, journal, admission, inFlight, snapshot: live.current, helicone });
  return { token, registry };
}
