"use client";

import { ArrowDown, ChevronsUpDown } from "lucide-react";
import type { MouseEvent, ReactNode } from "react";

import type { SessionSort } from "#domain/session-query.ts";
import type { SessionRow } from "#portal/client/answers.ts";
import { classNames } from "#portal/ui/class-names.ts";
import { formatCount } from "#portal/ui/format/counts.ts";
import { ClockTime } from "#portal/ui/format/instant.tsx";
import { Unknown } from "#portal/ui/format/unknown.tsx";
import { Cell, DataTable, HeadCell, RowHead } from "#portal/ui/primitives/data-table.tsx";
import { prepareSums } from "#portal/ui/sessions/prepare-session.ts";
import { SESSION_SORT_WORDS } from "#portal/ui/sessions/session-words.ts";
import type { SessionView } from "#portal/ui/sessions/use-session-view.ts";

type SessionTableProps = { sessions: readonly SessionRow[]; view: SessionView; hasAgents: boolean };

/** The sessions as a table; each opens in the drawer. On narrow screens what matters most stays. */
export function SessionTable({ sessions, view, hasAgents }: SessionTableProps) {
  return (
    <DataTable caption={`Sessions, ${SESSION_SORT_WORDS[view.query.sort].toLowerCase()}`}>
      <thead>
        <tr>
          <SortHead sort="latest" view={view}>
            Last call
          </SortHead>
          <HeadCell className="max-lg:hidden">First call</HeadCell>
          {hasAgents ? <HeadCell className="max-sm:hidden">Agent</HeadCell> : null}
          <HeadCell isNumeric className="max-md:hidden">
            Duration
          </HeadCell>
          <HeadCell isNumeric className="max-sm:hidden">
            Calls
          </HeadCell>
          <HeadCell isNumeric className="max-lg:hidden">
            Subagents
          </HeadCell>
          <HeadCell className="max-xl:hidden">Models</HeadCell>
          <HeadCell isNumeric className="max-md:hidden">
            Tokens
          </HeadCell>
          <SortHead sort="dearest" view={view}>
            Cost
          </SortHead>
          <HeadCell className="max-md:hidden">Errors</HeadCell>
        </tr>
      </thead>
      <tbody>
        {sessions.map((session) => (
          <Session
            key={`${session.agentId} ${session.sessionId}`}
            session={session}
            view={view}
            hasAgents={hasAgents}
          />
        ))}
      </tbody>
    </DataTable>
  );
}

type SortHeadProps = { sort: SessionSort; view: SessionView; children: ReactNode };

function SortHead({ sort, view: { query, show }, children }: SortHeadProps) {
  const isSorted = query.sort === sort;
  const Icon = isSorted ? ArrowDown : ChevronsUpDown;
  return (
    <HeadCell isNumeric={sort === "dearest"} aria-sort={isSorted ? "descending" : "none"}>
      <button
        type="button"
        title={SESSION_SORT_WORDS[sort]}
        onClick={() => show({ sort })}
        className={classNames("inline-flex h-7 items-center gap-1 rounded-sm hover:text-ink", isSorted && "text-ink")}
      >
        {children}
        <Icon aria-hidden className={classNames("size-3", !isSorted && "opacity-50")} />
      </button>
    </HeadCell>
  );
}

function Session({ session, view, hasAgents }: { session: SessionRow; view: SessionView; hasAgents: boolean }) {
  const sums = prepareSums(session);
  const isOpen = view.openKey?.sessionId === session.sessionId && view.openKey.agentId === session.agentId;
  return (
    <tr className={classNames("border-t first:border-t-0 hover:bg-hover/60", isOpen && "bg-hover/60")}>
      <RowHead>
        <SessionLink session={session} view={view}>
          <ClockTime at={session.lastCallAt} />
        </SessionLink>
        <span className="block max-w-40 truncate font-mono text-xs text-ink-faint" title={session.sessionId}>
          {session.sessionId}
        </span>
        <span className="block text-xs wrap-anywhere text-ink-muted sm:hidden">
          {hasAgents ? `${session.agentName} · ` : ""}
          {sums.calls}
        </span>
        <span className="block text-xs text-stop md:hidden">{sums.trouble}</span>
      </RowHead>
      <Cell className="whitespace-nowrap text-ink-muted max-lg:hidden">
        <ClockTime at={session.firstCallAt} />
      </Cell>
      {hasAgents ? <Cell className="max-w-48 truncate max-sm:hidden">{session.agentName}</Cell> : null}
      <Cell isNumeric className="text-ink-muted max-md:hidden">
        {sums.duration}
      </Cell>
      <Cell isNumeric className="text-ink-muted max-sm:hidden">
        {formatCount(session.requests)}
      </Cell>
      <Cell isNumeric className="text-ink-muted max-lg:hidden">
        {formatCount(session.subagents)}
      </Cell>
      <Cell className="max-w-56 truncate font-mono text-xs text-ink-muted max-xl:hidden">{sums.models}</Cell>
      <Cell isNumeric className="text-ink-muted max-md:hidden">
        {sums.tokens ?? <Unknown reason="Nobody reported any." />}
      </Cell>
      <Cell isNumeric className="font-medium text-ink">
        {sums.cost}
      </Cell>
      <Cell
        className={classNames(
          "text-xs whitespace-nowrap max-md:hidden",
          sums.trouble === null ? "text-ink-muted" : "text-stop",
        )}
      >
        {sums.trouble ?? "none"}
      </Cell>
    </tr>
  );
}

type SessionLinkProps = { session: SessionRow; view: SessionView; children: ReactNode };

/** A real link, so that a session opens in another tab too; here it opens without a new page. */
function SessionLink({ session, view, children }: SessionLinkProps) {
  const key = { agentId: session.agentId, sessionId: session.sessionId };
  const open = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    view.open(key);
  };
  return (
    <a
      href={view.hrefOf(key)}
      onClick={open}
      aria-haspopup="dialog"
      className="inline-flex min-h-6 items-center whitespace-nowrap link max-md:min-h-8"
    >
      <span className="sr-only">Open the session of </span>
      {children}
    </a>
  );
}
