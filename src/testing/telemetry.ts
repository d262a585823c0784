/** A data point as an exporter sends it; instants are Unix nanoseconds. Default: a delta of the last ten seconds. */
export type SentPoint = {
  metric: string;
  attributes: Readonly<Record<string, string>>;
  value: number | string;
  temporality?: number;
  startNano?: bigint;
  timeNano?: bigint;
};

/** An export as OTLP's JSON has it, with a resource like Claude Code's. */
export function metricsExport(points: readonly SentPoint[]) {
  const now = BigInt(Date.now()) * 1_000_000n;
  const list = (values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }));
  const metrics = points.map(({ metric, attributes, value, temporality = 1, startNano, timeNano = now }) => ({
    name: metric,
    sum: {
      aggregationTemporality: temporality,
      isMonotonic: true,
      dataPoints: [
        {
          attributes: list(attributes),
          startTimeUnixNano: String(startNano ?? timeNano - 10_000_000_000n),
          timeUnixNano: String(timeNano),
          asDouble: value,
        },
      ],
    },
  }));
  const resource = { attributes: list({ "service.name": "claude-code", "service.version": "2.1.330" }) };
  return { resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] };
}
