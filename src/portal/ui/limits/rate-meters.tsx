"use client";

import type { AgentRates } from "#portal/client/answers.ts";
import { UsageBar } from "#portal/ui/charts/usage-bar.tsx";
import { classNames } from "#portal/ui/class-names.ts";
import { zonedTime } from "#portal/ui/format/instants.ts";
import { useNow, useTimeZone } from "#portal/ui/format/viewer-clock.tsx";
import { prepareRate } from "#portal/ui/limits/prepare-rates.ts";

type LiveRate = NonNullable<AgentRates["live"]>;

const TEXT_TONES = { plain: "text-ink", near: "text-near", stop: "text-stop" } as const;

/** What counts of an agent's calls in the last minute: used, left, and when it will all have gone. */
export function RateMeters({ live }: { live: LiveRate }) {
  const now = useNow();
  const timeZone = useTimeZone();
  const rates = [
    { id: "requests", view: prepareRate("requests", live.requestsUsed, live.requestsLimit) },
    { id: "tokens", view: prepareRate("tokens", live.tokensUsed, live.tokensLimit) },
  ];
  return (
    <div className="grid gap-4 text-xs">
      {rates.map(({ id, view }) => (
        <div key={id} className="grid gap-1.5">
          <div className="flex flex-wrap justify-between gap-x-3">
            <span className={classNames("font-medium", TEXT_TONES[view.tone])}>{view.words}</span>
            <span className="text-ink-muted">{view.remaining}</span>
          </div>
          {view.fillPercent === null ? null : <UsageBar fillPercent={view.fillPercent} tone={view.tone} />}
        </div>
      ))}
      <p className="text-ink-muted">
        {live.resetsAt === null
          ? "No call in the last minute."
          : `Nothing of it counts after ${zonedTime(live.resetsAt, now, timeZone)} unless more calls come.`}{" "}
        Tokens are input, cache writes and output; reading from the cache is free of them.
      </p>
    </div>
  );
}
