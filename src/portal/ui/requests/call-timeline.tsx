import type { CallDetail } from "#portal/client/answers.ts";
import { type Figure, prepareRequestRow } from "#portal/ui/agent/prepare-request-row.ts";
import { formatDuration } from "#portal/ui/format/counts.ts";
import { Unknown } from "#portal/ui/format/unknown.tsx";

/** From the admission to the first byte, and from there to the end. */
export function CallTimeline({ call }: { call: CallDetail }) {
  const { latency, firstByte } = prepareRequestRow(call);
  const { latencyMs, firstByteMs } = call;
  const isWhole = latencyMs !== null && firstByteMs !== null && firstByteMs <= latencyMs;
  return (
    <div className="grid gap-2">
      {isWhole && latencyMs > 0 ? (
        <div aria-hidden className="flex h-2.5 overflow-hidden rounded-sm bg-sunken">
          <span className="bg-line-strong" style={{ width: `${(firstByteMs / latencyMs) * 100}%` }} />
          <span className="flex-1 bg-chart" />
        </div>
      ) : null}
      <ol className="grid grid-cols-3 gap-x-4 text-sm">
        <Moment name="Waited for the first byte" figure={firstByte} />
        <Moment name="Answered for" figure={answered(call, isWhole)} />
        <Moment name="End, after" figure={latency} />
      </ol>
    </div>
  );
}

function answered({ latencyMs, firstByteMs, outcome }: CallDetail, isWhole: boolean): Figure {
  if (isWhole && latencyMs !== null && firstByteMs !== null) {
    return { text: formatDuration(latencyMs - firstByteMs), note: null };
  }
  return outcome === "refused" ? { text: "–", note: null } : { text: null, note: "Nobody reported it." };
}

function Moment({ name, figure }: { name: string; figure: Figure }) {
  return (
    <li>
      <span className="block text-xs text-ink-muted">{name}</span>
      {figure.text ?? <Unknown reason={figure.note ?? ""} />}
    </li>
  );
}
