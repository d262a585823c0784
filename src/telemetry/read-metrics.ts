import { hash } from "node:crypto";

import { z } from "zod";

import {
  type Attributes,
  attributesShape,
  type GivenAttributes,
  identityOf,
  toAttributes,
} from "#telemetry/attributes.ts";
import { type MetricMeasure, measureOf } from "#telemetry/measures.ts";
import { countedAt, MalformedExport, type Report, type ReportedPoint, rejectionOf, toNano } from "#telemetry/report.ts";

const number = z.union([z.number(), z.nan(), z.string()]).nullish();
const pointShape = z.object({
  attributes: attributesShape,
  startTimeUnixNano: number,
  timeUnixNano: number,
  asDouble: number,
  asInt: number,
  flags: z.number().nullish(),
});
const metricShape = z.object({
  name: z.string(),
  sum: z
    .object({
      aggregationTemporality: z.union([z.number(), z.string()]).nullish(),
      dataPoints: z.array(pointShape).nullish(),
    })
    .nullish(),
  gauge: z.object({ dataPoints: z.array(z.unknown()).nullish() }).nullish(),
});
const requestShape = z.object({
  resourceMetrics: z
    .array(
      z.object({
        resource: z.object({ attributes: attributesShape }).nullish(),
        scopeMetrics: z.array(z.object({ metrics: z.array(metricShape).nullish() })).nullish(),
      }),
    )
    .nullish(),
});
type Metric = z.output<typeof metricShape>;
type Point = z.output<typeof pointShape>;

const TEMPORALITIES: Readonly<Record<string, ReportedPoint["temporality"]>> = {
  1: "delta",
  2: "cumulative",
  AGGREGATION_TEMPORALITY_DELTA: "delta",
  AGGREGATION_TEMPORALITY_CUMULATIVE: "cumulative",
};
/** A point that says it has no value (OTLP's DataPointFlags). */
const NO_VALUE = 1;

/**
 * What an export of metrics comes to. Metrics that are not summed are taken and passed over; values that no count can have are
 * rejected. `now`: when it arrived. Pure.
 * @throws MalformedExport
 */
export function readMetrics(request: unknown, now: Date): Report {
  const parsed = requestShape.safeParse(request);
  if (!parsed.success) throw new MalformedExport();
  const read = (parsed.data.resourceMetrics ?? []).flatMap(({ resource, scopeMetrics }) =>
    (scopeMetrics ?? [])
      .flatMap((scope) => scope.metrics ?? [])
      .flatMap((metric) => pointsOf(metric, resource?.attributes, now)),
  );
  const rejected = read.filter((point) => typeof point === "string");
  const points = read.filter((point) => typeof point !== "string");
  return { points, events: [], rejected: rejectionOf(rejected) };
}

function pointsOf(metric: Metric, resource: GivenAttributes, now: Date): (ReportedPoint | string)[] {
  const isSummed = (attributes: Attributes) => measureOf(metric.name, attributes) !== null;
  const { sum, gauge } = metric;
  if (gauge != null && isSummed(new Map([["type", "input"]]))) {
    return (gauge.dataPoints ?? []).map(() => `${metric.name} has to be a sum.`);
  }
  const temporality = TEMPORALITIES[String(sum?.aggregationTemporality)];
  return (sum?.dataPoints ?? []).flatMap((point) => {
    const attributes = toAttributes(resource, point.attributes);
    const measure = measureOf(metric.name, attributes);
    if (measure === null || ((point.flags ?? 0) & NO_VALUE) !== 0) return [];
    if (temporality === undefined) return `${metric.name} does not say whether it is delta or cumulative.`;
    return toPoint(point, { metric: metric.name, attributes, measure, temporality, now });
  });
}

type Known = {
  metric: string;
  attributes: Attributes;
  measure: MetricMeasure;
  temporality: ReportedPoint["temporality"];
  now: Date;
};

function toPoint(point: Point, { metric, attributes, measure, temporality, now }: Known): ReportedPoint | string {
  const amount = toUnits(point.asInt ?? point.asDouble, measure.scale);
  if (amount === null) return `${metric} has a value that is no count: negative, too large, or no number.`;
  const time = toNano(point.timeUnixNano);
  const start = toNano(point.startTimeUnixNano) ?? 0n;
  if (time === null || start > time) return `${metric} does not say when it was measured.`;
  const at = countedAt(time, now);
  if (typeof at === "string") return `${metric}: ${at}`;
  const of = temporality === "cumulative" ? start : "delta";
  const series = hash("sha256", `${metric}\n${of}\n${identityOf(attributes)}`).slice(0, 32);
  return { series, temporality, start, time, amount, measure: measure.measure, detail: measure.detail, at };
}

/** Rounded to whole units; null: not a number that can be counted. */
export function toUnits(value: string | number | undefined | null, scale: number): bigint | null {
  if (value === undefined || value === null || value === "") return null;
  const units = Math.round(Number(value) * scale);
  return units >= 0 && units <= Number.MAX_SAFE_INTEGER ? BigInt(units) : null;
}
