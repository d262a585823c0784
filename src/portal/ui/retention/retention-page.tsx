"use client";

import { useQuery } from "@tanstack/react-query";

import type { RetentionView } from "#portal/client/answers.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { CalendarDay } from "#portal/ui/format/instant.tsx";
import { Fact, Facts } from "#portal/ui/observability/facts.tsx";
import { Panel } from "#portal/ui/primitives/panel.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";
import { WhenLoaded } from "#portal/ui/primitives/when-loaded.tsx";
import { KeptForm } from "#portal/ui/retention/kept-form.tsx";
import { cappedText, keptText } from "#portal/ui/retention/kept-words.ts";
import { PageHeading } from "#portal/ui/shell/page-heading.tsx";

const TITLE = "Retention";
const NOTE = "How long single calls are kept. What days, agents, models and sessions cost in sum stays for ever.";
const PANEL = { title: "Single calls", note: "Older ones are removed once a day, by whole UTC days." };

/** How long calls are kept, and how it stands. For admins. */
export function RetentionPage() {
  const trpc = useTRPC();
  const query = useQuery(trpc.retention.get.queryOptions());
  return (
    <>
      <PageHeading title={TITLE} note={NOTE} />
      <Panel {...PANEL}>
        <WhenLoaded query={query} what="The setting" skeleton={<Loading />}>
          {(view) => (
            <div className="grid gap-5">
              <Standing view={view} />
              <KeptForm key={String(view.keptDays)} saved={view.keptDays} />
            </div>
          )}
        </WhenLoaded>
      </Panel>
    </>
  );
}

/** The page's places while it is loading. */
export function RetentionLoading() {
  return (
    <>
      <PageHeading title={TITLE} note={NOTE} />
      <Panel {...PANEL}>
        <Loading />
      </Panel>
    </>
  );
}

function Loading() {
  return <SkeletonRows rows={4} label="Loading the setting" />;
}

function Standing({ view: { keptDays, since, oldest, older } }: { view: RetentionView }) {
  return (
    <Facts>
      <Fact
        name="Kept"
        note={
          since === null ? null : (
            <>
              since <CalendarDay at={since} />
            </>
          )
        }
      >
        {keptText(keptDays)}
      </Fact>
      <Fact name="Oldest call kept">{oldest === null ? "There is none yet" : <CalendarDay at={oldest} />}</Fact>
      <Fact name="Older than that" note={older.count > 0 ? "They go with the next removal." : null}>
        {since === null ? "Nothing is removed" : cappedText(older)}
      </Fact>
    </Facts>
  );
}
