"use client";

import Link from "next/link";

import type { BudgetOverview, Increase } from "#portal/client/answers.ts";
import { IncreaseList } from "#portal/ui/limits/increase-list.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";

/** What owners wait for. */
export function AskedForPanel({ requests }: { requests: BudgetOverview["requests"] }) {
  return (
    <Panel title="Asked for" note="Owners wait for an answer. What is granted is in force at once.">
      <IncreaseList
        increases={requests}
        timeZone="UTC"
        mayDecide
        empty="Nobody waits for an answer."
        renderSubject={(increase) => <SubjectLink increase={increase} />}
      />
    </Panel>
  );
}

function SubjectLink({ increase: { subject } }: { increase: Increase }) {
  if (subject.scope !== "agent") return null;
  return (
    <Link
      href={`/agents/${subject.name}?tab=budget`}
      className="rounded-sm font-medium break-all hover:text-accent hover:underline"
    >
      {subject.name}
    </Link>
  );
}
