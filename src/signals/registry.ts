import { collectDefaultMetrics, type Metric, Registry } from "prom-client";

import type { HistogramReading } from "#domain/histogram.ts";

export type Labels = Readonly<Record<string, string>>;
/** A value as it is at the scrape; NaN: unknown. */
export type Sample = { labels?: Labels; value: number };
export type HistogramSample = { labels?: Labels; reading: HistogramReading };

type Named = { name: string; help: string };
type Sampled = Named & { type: "counter" | "gauge"; read(): readonly Sample[] | Promise<readonly Sample[]> };

/** What a process tells Prometheus. Values are asked for when it is scraped; until then they cost nothing. */
export type MetricsRegistry = {
  counter(named: Named, read: Sampled["read"]): void;
  gauge(named: Named, read: Sampled["read"]): void;
  histogram(named: Named, read: () => readonly HistogramSample[]): void;
  contentType: string;
  /** The metrics in Prometheus' text format. */
  text(): Promise<string>;
};

/** With prom-client's metrics of the process itself (CPU, memory, event loop, garbage collection). */
export function createMetricsRegistry(): MetricsRegistry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const sampled = ({ name, help, type, read }: Sampled) =>
    register(registry, { name, help, type }, async () =>
      (await read()).map(({ labels = {}, value }) => ({ labels, value })),
    );
  return {
    counter: (named, read) => sampled({ ...named, type: "counter", read }),
    gauge: (named, read) => sampled({ ...named, type: "gauge", read }),
    histogram(named, read) {
      register(registry, { ...named, type: "histogram" }, async () =>
        read().flatMap((sample) => toSeries(named.name, sample)),
      );
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}

type Series = { labels: Record<string, string | number>; value: number; metricName?: string };

/**
 * prom-client's own counters look their labels up by a text made anew at each count, which takes about as long as all the rest
 * of what a call is counted with. Its registry asks each metric for its series, and that is all that it needs of one.
 */
function register(registry: Registry, head: Named & { type: string }, series: () => Promise<readonly Series[]>): void {
  const metric = { ...head, aggregator: "sum", get: async () => ({ ...head, values: await series() }) };
  registry.registerMetric(metric as unknown as Metric); // its type is a class; the registry calls get() alone
}

/** Prometheus' buckets are cumulative. */
function toSeries(name: string, { labels = {}, reading }: HistogramSample): Series[] {
  let below = 0;
  const buckets = reading.counts.map((count, at) => {
    below += count;
    return { labels: { ...labels, le: reading.bounds[at] ?? "+Inf" }, value: below, metricName: `${name}_bucket` };
  });
  return [
    ...buckets,
    { labels: { ...labels }, value: reading.sum, metricName: `${name}_sum` },
    { labels: { ...labels }, value: reading.count, metricName: `${name}_count` },
  ];
}
