"use client";

import { useQuery } from "@tanstack/react-query";
import { ListFilter } from "lucide-react";
import Link from "next/link";

import type { SessionDetail } from "#portal/client/answers.ts";
import { type SessionKey, sessionCallsHref } from "#portal/client/session-address.ts";
import { useTRPC } from "#portal/client/trpc.ts";
import { countOf, formatCount } from "#portal/ui/format/counts.ts";
import { exactTime } from "#portal/ui/format/instants.ts";
import { Unknown } from "#portal/ui/format/unknown.tsx";
import { useTimeZone } from "#portal/ui/format/viewer-clock.tsx";
import { buttonClassNames } from "#portal/ui/primitives/button.tsx";
import { CopyButton } from "#portal/ui/primitives/copy-button.tsx";
import { Drawer } from "#portal/ui/primitives/drawer.tsx";
import { SkeletonRows } from "#portal/ui/primitives/skeleton.tsx";
import { WhenLoaded } from "#portal/ui/primitives/when-loaded.tsx";
import { prepareSums } from "#portal/ui/sessions/prepare-session.ts";
import { SessionTree } from "#portal/ui/sessions/session-tree.tsx";
import type { SessionView } from "#portal/ui/sessions/use-session-view.ts";

/** The open session: its prompts and subagents, with what each of them cost. It follows the ledger. */
export function SessionDrawer({ view }: { view: SessionView }) {
  return (
    <Drawer
      title="Session"
      label="About the session"
      isOpen={view.openKey !== null}
      onClose={() => view.open(null)}
      isWide
    >
      {view.openKey === null ? null : <OpenSession openKey={view.openKey} />}
    </Drawer>
  );
}

function OpenSession({ openKey }: { openKey: SessionKey }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.sessions.one.queryOptions(openKey));
  return (
    <WhenLoaded query={query} what="The session" skeleton={<SkeletonRows rows={10} label="Loading the session" />}>
      {(detail) => <SessionFacts detail={detail} />}
    </WhenLoaded>
  );
}

function SessionFacts({ detail: { session, prompts, untold } }: { detail: SessionDetail }) {
  const timeZone = useTimeZone();
  const sums = prepareSums(session);
  const namesPrompts = prompts.some(({ promptId }) => promptId !== null);
  return (
    <div className="grid grid-cols-1 gap-4 py-4">
      <div className="grid gap-1 px-4">
        <p className="flex flex-wrap items-center gap-x-2 text-base font-semibold">{session.agentName}</p>
        <p className="flex min-w-0 items-center gap-1 font-mono text-xs text-ink-muted">
          <span className="break-all">{session.sessionId}</span>
          <CopyButton text={session.sessionId} label="Copy the session's id" />
        </p>
        <p className="text-xs text-ink-muted">
          From {exactTime(session.firstCallAt, timeZone)} to {exactTime(session.endedAt, timeZone)}, {sums.duration} to
          the end of the last call.
        </p>
      </div>
      <dl className="grid grid-cols-2 gap-px overflow-hidden border-y bg-line sm:grid-cols-5">
        <Figure label="Cost">{sums.cost}</Figure>
        <Figure label="Calls">{formatCount(session.requests)}</Figure>
        <Figure label="Subagents">{formatCount(session.subagents)}</Figure>
        <Figure label="Tokens">{sums.tokens ?? <Unknown reason="Nobody reported any." />}</Figure>
        <Figure label="Errors">{sums.trouble ?? "none"}</Figure>
      </dl>
      <p className="px-4 text-xs text-ink-muted">
        {sums.tokens === null ? "" : `${sums.tokensNote}. `}
        {sums.costNote ?? ""} Models: <span className="font-mono break-all">{sums.models}</span>
      </p>
      <SessionTree prompts={prompts} session={session} />
      <div className="grid gap-1 px-4 text-xs text-ink-muted">
        {namesPrompts ? null : (
          <p>
            No call of this session names its prompt, so they are not told apart. Agents that Trinity sets up name it
            (CLAUDE_CODE_GATEWAY_HINT_HEADERS).
          </p>
        )}
        <p>Claude Code does not say which subagent started another: all stand side by side.</p>
        {untold === 0 ? null : (
          <p>{countOf(untold, "call")} of the session are not in the list: they are no longer kept, or too many.</p>
        )}
      </div>
      <div className="px-4">
        <Link href={sessionCallsHref(session)} className={buttonClassNames()}>
          <ListFilter aria-hidden />
          All calls of this session
        </Link>
      </div>
    </div>
  );
}

function Figure({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className="bg-surface px-4 py-2.5 last:max-sm:col-span-2">
      <dt className="text-xs text-ink-muted">{label}</dt>
      <dd className="text-base font-semibold">{children}</dd>
    </div>
  );
}
