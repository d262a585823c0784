"use client";

import { type PointerEvent, useState } from "react";

import type { DurationMetric } from "#domain/duration-bins.ts";
import type { CallDurations } from "#portal/client/answers.ts";
import { countOf, formatDuration } from "#portal/ui/format/counts.ts";
import { ClockTime } from "#portal/ui/format/instant.tsx";
import { exactTime } from "#portal/ui/format/instants.ts";
import { useTimeZone } from "#portal/ui/format/viewer-clock.tsx";
import { type DurationsView, prepareDurations, SHARES, type Share } from "#portal/ui/requests/prepare-durations.ts";

const [WIDTH, HEIGHT] = [600, 160];
/** Told apart by their dashes as well as by their colour. */
const LINES: Record<Share, { className: string; dashes?: string; name: string }> = {
  p50: { className: "stroke-chart stroke-2", name: "half" },
  p90: { className: "stroke-near-bar stroke-2", dashes: "7 4", name: "nine in ten" },
  p99: { className: "stroke-stop-bar stroke-2", dashes: "2 4", name: "99 in a hundred" },
};

type DurationChartProps = { title: string; report: CallDurations; metric: DurationMetric };

/** Three percentiles over time, as curves for those who see them and as a table for those who do not. */
export function DurationChart({ title, report, metric }: DurationChartProps) {
  const [at, setAt] = useState<number | null>(null);
  const timeZone = useTimeZone();
  const view = prepareDurations(report, metric);
  const step = at === null ? undefined : report.steps[at];
  const shown = step === undefined ? report.whole[metric] : step[metric];
  const point = (event: PointerEvent<SVGSVGElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    setAt(Math.round(((event.clientX - left) / width) * (report.steps.length - 1)));
  };
  return (
    <figure className="grid min-w-0 grid-cols-1 gap-1">
      <figcaption className="text-sm font-medium">{title}</figcaption>
      <dl className="flex flex-wrap gap-x-4 gap-y-1 text-xs">
        {SHARES.map((share) => (
          <div key={share} className="flex items-center gap-1.5">
            <svg aria-hidden="true" viewBox="0 0 20 4" className="w-5">
              <path d="M0 2H20" className={LINES[share].className} strokeDasharray={LINES[share].dashes} />
            </svg>
            <dt className="text-ink-muted">
              {share}
              <span className="sr-only">, {LINES[share].name}</span>
            </dt>
            <dd className="font-medium">{shown[share] === null ? "no calls" : formatDuration(shown[share])}</dd>
          </div>
        ))}
      </dl>
      <p className="min-h-4.5 text-xs text-ink-muted">
        {step === undefined
          ? "The whole time"
          : `From ${exactTime(step.start, timeZone)}, ${countOf(step.calls, "call")}`}
      </p>
      {view.isEmpty ? (
        <p className="grid h-40 place-items-center rounded-md bg-sunken text-sm text-ink-muted">
          No call was completed in this time.
        </p>
      ) : (
        <>
          <Curves view={view} at={at} steps={report.steps.length} onPoint={point} onLeave={() => setAt(null)} />
          <Ends steps={report.steps} />
        </>
      )}
      <DurationTable title={title} report={report} metric={metric} />
    </figure>
  );
}

/** When the first and the last step of the chart begin. */
function Ends({ steps }: Pick<CallDurations, "steps">) {
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined) return null;
  return (
    <p aria-hidden className="mr-13 flex justify-between gap-4 text-xs text-ink-faint">
      <ClockTime at={first.start} />
      <ClockTime at={last.start} />
    </p>
  );
}

type CurvesProps = {
  view: DurationsView;
  at: number | null;
  steps: number;
  onPoint: (event: PointerEvent<SVGSVGElement>) => void;
  onLeave: () => void;
};

function Curves({ view, at, steps, onPoint, onLeave }: CurvesProps) {
  const yOf = (y: number) => HEIGHT - y * HEIGHT;
  return (
    <div aria-hidden className="flex gap-2">
      <svg
        aria-hidden="true"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="h-40 w-0 min-w-0 flex-1 touch-pan-y overflow-visible"
        onPointerMove={onPoint}
        onPointerLeave={onLeave}
      >
        {view.ticks.map(({ y, label }) => (
          <path key={label} d={`M0 ${yOf(y)}H${WIDTH}`} className="stroke-line" vectorEffect="non-scaling-stroke" />
        ))}
        {at === null || steps < 2 ? null : (
          <path
            d={`M${(at / (steps - 1)) * WIDTH} 0V${HEIGHT}`}
            className="stroke-line-strong"
            vectorEffect="non-scaling-stroke"
          />
        )}
        {view.curves.map(({ share, parts }) => (
          <path
            key={share}
            d={parts.map((part) => pathOf(part, yOf)).join("")}
            className={`fill-none ${LINES[share].className}`}
            strokeDasharray={LINES[share].dashes}
            strokeLinecap="round"
            strokeLinejoin="round"
            vectorEffect="non-scaling-stroke"
          />
        ))}
      </svg>
      <div className="relative w-11 shrink-0 text-xs text-ink-faint">
        {view.ticks.map(({ y, label }) => (
          <span
            key={label}
            className="absolute -translate-y-1/2 whitespace-nowrap"
            style={{ top: `${(1 - y) * 100}%` }}
          >
            {label}
          </span>
        ))}
      </div>
    </div>
  );
}

/** A point between two gaps is drawn as a dot: a line of no length with round ends. */
function pathOf(part: readonly { x: number; y: number }[], yOf: (y: number) => number): string {
  const points = part.map(({ x, y }) => `${(x * WIDTH).toFixed(1)} ${yOf(y).toFixed(1)}`);
  return points.length === 1 ? `M${points[0]}h0.01` : `M${points.join("L")}`;
}

function DurationTable({ title, report, metric }: DurationChartProps) {
  const timeZone = useTimeZone();
  return (
    <div className="sr-only">
      <table>
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">Calls</th>
            {SHARES.map((share) => (
              <th key={share} scope="col">
                {share}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {report.steps.map((step) => (
            <tr key={step.start.toISOString()}>
              <th scope="row">{exactTime(step.start, timeZone)}</th>
              <td>{step.calls}</td>
              {SHARES.map((share) => {
                const ms = step[metric][share];
                return <td key={share}>{ms === null ? "no calls" : formatDuration(ms)}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
