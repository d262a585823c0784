"use client";

import { useQuery } from "@tanstack/react-query";

import { timeZoneProblem } from "#domain/limit-rules.ts";
import { whatIf } from "#domain/what-if.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { whatIfText } from "#portal/ui/budget/prepare-forecast.ts";
import { draftLimits, type LimitsDraft } from "#portal/ui/limits/prepare-limits-draft.ts";

const DAYS = 30;
const FRESH_MS = 10 * 60_000;

type DaySpends = Parameters<typeof whatIf>[0];

/** What limits would have done to an agent in the last 30 days, while they are typed. */
export function AgentWhatIf({ agentName, draft }: { agentName: string; draft: LimitsDraft }) {
  const trpc = useTRPC();
  const timeZone = knownZone(draft);
  const query = useQuery(trpc.budgets.history.queryOptions({ agentName, timeZone }, { staleTime: FRESH_MS }));
  return <WhatIfSentence subject="the agent" draft={draft} history={query.data} />;
}

export type CountedSubject = { scope: "fleet" } | { scope: "pool"; poolId: number };

/** As `AgentWhatIf`, for a pool or the fleet. */
export function SharedWhatIf({ subject, draft }: { subject: CountedSubject; draft: LimitsDraft }) {
  const trpc = useTRPC();
  const timeZone = knownZone(draft);
  const query = useQuery(trpc.budgets.sharedHistory.queryOptions({ subject, timeZone }, { staleTime: FRESH_MS }));
  return (
    <WhatIfSentence subject={subject.scope === "fleet" ? "the fleet" : "the pool"} draft={draft} history={query.data} />
  );
}

type SentenceProps = { subject: string; draft: LimitsDraft; history: DaySpends | undefined };

function WhatIfSentence({ subject, draft, history }: SentenceProps) {
  if (history === undefined) return null;
  const action = draft.actionOnExceed;
  const result = whatIf(history, draftLimits(draft), { days: DAYS, isStopping: action === "block" });
  const text = whatIfText(result, { subject, action });
  return text === null ? null : <p>{text}</p>;
}

/** While a zone is being typed, UTC stands in. */
function knownZone({ timeZone }: LimitsDraft): string {
  const typed = timeZone.trim();
  return timeZoneProblem(typed) === null ? typed : "UTC";
}
