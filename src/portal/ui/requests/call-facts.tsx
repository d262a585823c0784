"use client";

import type { ReactNode } from "react";

import type { CallDetail } from "#portal/client/answers.ts";
import { useViewer } from "#portal/client/viewer.tsx";
import { COUNT_NAMES, prepareRequestRow } from "#portal/ui/agent/prepare-request-row.ts";
import { formatCount, formatDuration } from "#portal/ui/format/counts.ts";
import { exactTime } from "#portal/ui/format/instants.ts";
import { Unknown } from "#portal/ui/format/unknown.tsx";
import { useTimeZone } from "#portal/ui/format/viewer-clock.tsx";
import { requestAddress } from "#portal/ui/observability/dashboard-address.ts";
import { DashboardLink } from "#portal/ui/observability/dashboard-frame.tsx";
import { Button } from "#portal/ui/primitives/button.tsx";
import { CopyButton } from "#portal/ui/primitives/copy-button.tsx";
import { CallCost } from "#portal/ui/requests/call-cost.tsx";
import { CallOutcomeMark } from "#portal/ui/requests/call-outcome-mark.tsx";
import { CallTimeline } from "#portal/ui/requests/call-timeline.tsx";
import { cacheHitFigure } from "#portal/ui/requests/prepare-call-row.ts";
import type { CallView } from "#portal/ui/requests/use-call-view.ts";

type CallFactsProps = { call: CallDetail; view: CallView; dashboardUrl: string | null };

/** One call: how it went, what it used, what it cost and why, and its names. */
export function CallFacts({ call, view, dashboardUrl }: CallFactsProps) {
  const timeZone = useTimeZone();
  const row = prepareRequestRow(call);
  return (
    <div className="grid grid-cols-1 gap-5 px-4 py-4">
      <div className="grid gap-1">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className="font-mono text-sm break-all">{call.model}</span>
          <CallOutcomeMark outcome={row.outcome} />
        </p>
        <p className="text-xs text-ink-muted">
          {exactTime(call.admittedAt, timeZone)}. {row.outcome.note} {row.modelNote}
        </p>
      </div>
      <Part title="Timeline">
        <CallTimeline call={call} />
      </Part>
      <Part title="What it used">
        <Meters call={call} />
      </Part>
      <Part title="What it cost">
        <CallCost call={call} />
      </Part>
      <Part title="Names">
        <Names call={call} tags={row.tags} />
      </Part>
      <Ways call={call} view={view} dashboardUrl={dashboardUrl} />
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="grid grid-cols-1 gap-2">
      <h3 className="text-sm font-semibold">{title}</h3>
      {children}
    </section>
  );
}

const METERS = [
  "inputTokens",
  "cacheReadInputTokens",
  "cacheCreation5mInputTokens",
  "cacheCreation1hInputTokens",
  "outputTokens",
  "webSearchRequests",
] as const;
const METER_NAMES = { ...COUNT_NAMES, inputTokens: "input, not cached", outputTokens: "output" };

function Meters({ call }: { call: CallDetail }) {
  const hit = cacheHitFigure(call);
  const reason = call.outcome === "refused" ? "The call did not reach the upstream." : "Nobody reported it.";
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-1.5 text-sm sm:grid-cols-3">
      {METERS.map((key) => {
        const count = call.usage[key];
        return (
          <Fact key={key} name={METER_NAMES[key]}>
            {count === null ? <Unknown reason={reason} /> : formatCount(count)}
          </Fact>
        );
      })}
      <Fact name="cache hit">{hit.text ?? <Unknown reason={hit.note ?? ""} />}</Fact>
      <Fact name="gateway's own time">
        {call.overheadUs === null ? <Unknown reason="Nobody measured it." /> : formatOverhead(call.overheadUs)}
      </Fact>
      <Fact name="answered as">{call.streamed ? "a stream" : "one piece"}</Fact>
    </dl>
  );
}

function formatOverhead(us: number): string {
  return us < 1_000 ? `${us} µs` : formatDuration(us / 1_000);
}

function Names({ call, tags }: { call: CallDetail; tags: string }) {
  const named: [string, string | null][] = [
    ["Request id", call.id],
    ["Upstream's request id", call.upstreamRequestId],
    ["Session", call.sessionId],
    ["Subagent", call.subagentId],
    ["Prompt", call.promptId],
  ];
  return (
    <dl className="grid gap-y-1.5 text-sm">
      <Fact name="Agent at the call">
        {call.tags === null ? <Unknown reason="It was not kept." /> : call.tags.agentName}
      </Fact>
      <Fact name="Owner, type and template at the call">{tags}</Fact>
      {named.map(([name, text]) => (
        <Fact key={name} name={name}>
          {text === null ? (
            "none sent"
          ) : (
            <span className="flex flex-wrap items-center gap-1.5">
              <code className="font-mono text-xs break-all">{text}</code>
              <CopyButton text={text} label={`Copy: ${name}`} />
            </span>
          )}
        </Fact>
      ))}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-ink-muted">{name}</dt>
      <dd className="break-words">{children}</dd>
    </div>
  );
}

/** The ways from one call to those like it, and to Helicone's page of it. */
function Ways({ call, view, dashboardUrl }: CallFactsProps) {
  const viewer = useViewer();
  const { sessionId, subagentId, model } = call;
  return (
    <div className="flex flex-wrap gap-2 border-t pt-4">
      {sessionId === null ? null : <Button onClick={() => view.narrow({ sessionId })}>Only this session</Button>}
      {subagentId === null ? null : <Button onClick={() => view.narrow({ subagentId })}>Only this subagent</Button>}
      <Button onClick={() => view.narrow({ model })}>Only this model</Button>
      {dashboardUrl !== null && viewer.role === "admin" ? (
        <DashboardLink address={requestAddress(dashboardUrl, toUuid(call.id))} label="Open in Helicone" />
      ) : null}
    </div>
  );
}

/** "req_" and 32 digits, as Helicone was given it. */
function toUuid(requestId: string): string {
  return requestId.replace(/^req_(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
