"use client";

import { CircleCheck, CircleHelp, OctagonAlert, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

import type { HeliconeReach, HeliconeStatus } from "#portal/client/answers.ts";
import { UsageBar } from "#portal/ui/charts/usage-bar.tsx";
import { classNames } from "#portal/ui/class-names.ts";
import { countOf, formatCount } from "#portal/ui/format/counts.ts";
import { RelativeTime } from "#portal/ui/format/instant.tsx";
import { Unknown } from "#portal/ui/format/unknown.tsx";
import { Fact, Facts } from "#portal/ui/observability/facts.tsx";
import { BREAKER_WORDS, formatBytes } from "#portal/ui/observability/prepare-helicone-state.ts";

type HeliconeFactsProps = {
  status: HeliconeStatus;
  /** Undefined: still asking. */
  reach: HeliconeReach | undefined;
};

/** How Helicone is fed, and how far behind it is. What nobody has said is unknown, not zero. */
export function HeliconeFacts({ status, reach }: HeliconeFactsProps) {
  return (
    <Facts>
      <ModeFact mode={status.mode} />
      <ReachFact reach={reach} />
      <VersionFact />
      {status.mode === "proxy" ? <BreakerFact breaker={status.breaker} /> : null}
      <BacklogFact backlog={status.backlog} />
      <SpoolFact spool={status.spool} />
      <ErrorFact backlog={status.backlog} />
    </Facts>
  );
}

const UNSAID = "No gateway has said.";

function ModeFact({ mode }: Pick<HeliconeStatus, "mode">) {
  const isProxy = mode === "proxy";
  return (
    <Fact
      name="How it is fed"
      note={
        isProxy
          ? "Calls pass through Helicone on their way to Anthropic, and around it while it does not work."
          : "Calls go straight to Anthropic; Helicone is told of each when it has ended."
      }
    >
      {isProxy ? "Proxy mode" : "Log mode"}
    </Fact>
  );
}

const REACHES = {
  off: { tone: "plain", text: "Turned off" },
  answering: { tone: "good", text: "Answers" },
  not_set_up: { tone: "near", text: "Not set up yet" },
  failing: { tone: "stop", text: "Does not answer as it should" },
  unreachable: { tone: "stop", text: "Cannot be reached" },
} as const;

function ReachFact({ reach }: Pick<HeliconeFactsProps, "reach">) {
  return (
    <Fact name="Reached from the portal" note="Asked for something that only its databases know.">
      {reach === undefined ? (
        <span className="text-ink-muted">Asking…</span>
      ) : (
        <Marked tone={REACHES[reach.state].tone}>{REACHES[reach.state].text}</Marked>
      )}
    </Fact>
  );
}

function VersionFact() {
  return (
    <Fact name="Version" note="Made and checked for v2025.08.10.">
      <Unknown reason="A self-hosted Helicone does not say which version it is." />
    </Fact>
  );
}

function BreakerFact({ breaker }: Pick<HeliconeStatus, "breaker">) {
  if (breaker === null) {
    return (
      <Fact name="Way of the calls">
        <Unknown reason={UNSAID} />
      </Fact>
    );
  }
  return (
    <Fact
      name="Way of the calls"
      note={
        <>
          Since <RelativeTime at={new Date(breaker.since)} />
          {breaker.reason === null ? "" : `: ${breaker.reason}`}
        </>
      }
    >
      <Marked tone={breaker.state === "closed" ? "good" : "near"}>{BREAKER_WORDS[breaker.state]}</Marked>
    </Fact>
  );
}

function BacklogFact({ backlog }: Pick<HeliconeStatus, "backlog">) {
  if (backlog === null) {
    return (
      <Fact name="Waiting for Helicone">
        <Unknown reason={UNSAID} />
      </Fact>
    );
  }
  const { waiting, oldestAt, unsure, rejected } = backlog;
  const besides = [
    unsure > 0 ? `${formatCount(unsure)} may be there already and are asked after first` : null,
    rejected > 0 ? `${countOf(rejected, "call")} besides were not taken, however often` : null,
  ].filter((part) => part !== null);
  return (
    <Fact
      name="Waiting for Helicone"
      note={
        <>
          {oldestAt === null ? null : (
            <>
              The oldest ended <RelativeTime at={new Date(oldestAt)} />.{" "}
            </>
          )}
          {besides.length === 0 ? null : `${besides.join("; ")}.`}
        </>
      }
    >
      {waiting === 0 ? <Marked tone={rejected > 0 ? "near" : "good"}>No call waits</Marked> : countOf(waiting, "call")}
    </Fact>
  );
}

function SpoolFact({ spool }: Pick<HeliconeStatus, "spool">) {
  if (spool === null) {
    return (
      <Fact name="Texts on the gateway's disk">
        <Unknown reason={UNSAID} />
      </Fact>
    );
  }
  const { bytes, limitBytes, dropped } = spool;
  const percent = limitBytes === 0 ? 0 : Math.min(100, (bytes / limitBytes) * 100);
  return (
    <Fact
      name="Texts on the gateway's disk"
      note={
        dropped === 0 ? (
          "None has been dropped since the gateway started."
        ) : (
          <span className="text-near">
            {countOf(dropped, "text")} dropped since the gateway started, for want of room: HELICONE_SPOOL_MB.
          </span>
        )
      }
    >
      <span className="grid w-full max-w-60 gap-1.5">
        {formatBytes(bytes)} of {formatBytes(limitBytes)}
        <UsageBar fillPercent={percent} tone={percent >= 90 ? "near" : "plain"} />
      </span>
    </Fact>
  );
}

function ErrorFact({ backlog }: Pick<HeliconeStatus, "backlog">) {
  if (backlog === null || backlog.lastError === null) return null;
  const { failingSince, lastError } = backlog;
  return (
    <Fact
      name="Last error"
      note={
        failingSince === null ? null : (
          <>
            Nothing gets through. It began <RelativeTime at={new Date(failingSince)} />.
          </>
        )
      }
    >
      {lastError}
    </Fact>
  );
}

const TONES = {
  plain: { icon: CircleHelp, text: "text-ink-muted" },
  good: { icon: CircleCheck, text: "text-accent" },
  near: { icon: TriangleAlert, text: "text-near" },
  stop: { icon: OctagonAlert, text: "text-stop" },
} as const;

function Marked({ tone, children }: { tone: keyof typeof TONES; children: ReactNode }) {
  const { icon: Icon, text } = TONES[tone];
  return (
    <span className={classNames("flex items-start gap-1.5", text)}>
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      {children}
    </span>
  );
}
