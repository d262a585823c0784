"use client";

import type { ReactNode } from "react";

import type { Increase } from "#portal/client/answers.ts";
import { failureText } from "#portal/client/failure.ts";
import { classNames } from "#portal/ui/class-names.ts";
import { RelativeTime } from "#portal/ui/format/instant.tsx";
import { zonedTime } from "#portal/ui/format/instants.ts";
import { useNow } from "#portal/ui/format/viewer-clock.tsx";
import {
  type IncreaseStanding,
  increasePeople,
  increaseStanding,
  increaseText,
} from "#portal/ui/limits/prepare-increase.ts";
import { useIncreaseDecisions } from "#portal/ui/limits/use-increases.ts";
import { Button } from "#portal/ui/primitives/button.tsx";
import { Notice } from "#portal/ui/primitives/notice.tsx";

type IncreaseListProps = {
  increases: readonly Increase[];
  timeZone: string;
  /** Admins grant, decline and end. */
  mayDecide: boolean;
  /** Said in place of an empty list. */
  empty: ReactNode;
  /** Each with whose it is. */
  renderSubject?: (increase: Increase) => ReactNode;
};

/** What was given or asked for on top of a limit, the newest first. */
export function IncreaseList({ increases, timeZone, mayDecide, empty, renderSubject }: IncreaseListProps) {
  const now = useNow();
  const { decide, end } = useIncreaseDecisions();
  if (increases.length === 0) return <p className="text-sm text-ink-muted">{empty}</p>;
  return (
    <div className="grid gap-2">
      <ul className="grid">
        {increases.map((increase) => {
          const standing = increaseStanding(increase, now);
          return (
            <li
              key={increase.id}
              className="flex flex-wrap items-start gap-x-4 gap-y-2 border-b py-2.5 last:border-b-0"
            >
              <div className="min-w-0 flex-1 basis-60 text-sm">
                <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
                  {renderSubject?.(increase)}
                  <span className="font-medium">{increaseText(increase)}</span>
                  <StandingTag standing={standing} />
                </p>
                <p className="text-ink-muted">
                  “{increase.reason}”, {increasePeople(increase)}, <RelativeTime at={increase.requestedAt} />;{" "}
                  {standing === "waiting" || standing === "in force" ? "until" : "ended"}{" "}
                  {zonedTime(increase.endsAt, now, timeZone)}
                </p>
              </div>
              {mayDecide && standing === "waiting" ? (
                <div className="flex gap-2">
                  <Button
                    look="primary"
                    isBusy={decide.isPending}
                    onClick={() => decide.mutate({ increaseId: increase.id, verdict: "granted" })}
                  >
                    Grant
                  </Button>
                  <Button
                    isBusy={decide.isPending}
                    onClick={() => decide.mutate({ increaseId: increase.id, verdict: "declined" })}
                  >
                    Decline
                  </Button>
                </div>
              ) : null}
              {mayDecide && standing === "in force" ? (
                <Button isBusy={end.isPending} onClick={() => end.mutate({ increaseId: increase.id })}>
                  End now
                </Button>
              ) : null}
            </li>
          );
        })}
      </ul>
      {decide.error || end.error ? <Notice tone="near" title={failureText(decide.error ?? end.error)} /> : null}
    </div>
  );
}

const TAGS: Record<IncreaseStanding, string> = {
  waiting: "bg-near-soft text-near",
  "in force": "bg-accent-soft text-accent",
  declined: "bg-sunken text-ink-muted",
  "ended early": "bg-sunken text-ink-muted",
  over: "bg-sunken text-ink-muted",
};

function StandingTag({ standing }: { standing: IncreaseStanding }) {
  return <span className={classNames("rounded-sm px-1.5 py-0.5 text-xs font-medium", TAGS[standing])}>{standing}</span>;
}
