"use client";

import { Bot, ChevronDown, ChevronRight, CornerDownRight } from "lucide-react";
import Link from "next/link";
import { useId, useState } from "react";

import type { SessionDetail, SessionRow } from "#portal/client/answers.ts";
import { sessionCallsHref } from "#portal/client/session-address.ts";
import { ShareFigure } from "#portal/ui/charts/share-bar.tsx";
import { ClockTime } from "#portal/ui/format/instant.tsx";
import { Unknown } from "#portal/ui/format/unknown.tsx";
import { Cell, DataTable, HeadCell, RowHead } from "#portal/ui/primitives/data-table.tsx";
import { type PromptRows, prepareTree, type TreeRow } from "#portal/ui/sessions/prepare-session.ts";

type SessionTreeProps = { prompts: SessionDetail["prompts"]; session: SessionRow };

/** The prompts of a session in the order of time; one that had subagents opens and closes. */
export function SessionTree({ prompts, session }: SessionTreeProps) {
  return (
    <DataTable caption="The session, prompt by prompt">
      <thead>
        <tr>
          <HeadCell>What</HeadCell>
          <HeadCell className="max-sm:hidden">From</HeadCell>
          <HeadCell isNumeric className="max-md:hidden">
            Took
          </HeadCell>
          <HeadCell isNumeric className="max-sm:hidden">
            Tokens
          </HeadCell>
          <HeadCell isNumeric>Cost</HeadCell>
          <HeadCell isNumeric className="max-sm:hidden">
            Share
          </HeadCell>
        </tr>
      </thead>
      {prepareTree(prompts, session.listCost).map((rows) => (
        <Prompt key={rows.prompt.key} rows={rows} sessionId={session.sessionId} />
      ))}
    </DataTable>
  );
}

function Prompt({ rows: { prompt, parts }, sessionId }: { rows: PromptRows; sessionId: string }) {
  const id = useId();
  const [isOpen, setOpen] = useState(true);
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  const toggle =
    parts.length === 0 ? (
      <span aria-hidden className="-ml-1 size-6 shrink-0 max-md:size-8" />
    ) : (
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={parts.map((_, at) => `${id}-${at}`).join(" ")}
        aria-label={`${prompt.name}: its subagents`}
        onClick={() => setOpen(!isOpen)}
        className="-ml-1 grid size-6 shrink-0 place-items-center rounded-sm text-ink-muted hover:bg-hover hover:text-ink max-md:size-8"
      >
        <Chevron aria-hidden className="size-4" />
      </button>
    );
  return (
    <tbody className="border-b last:border-b-0">
      <Node row={prompt} sessionId={sessionId} mark={toggle} />
      {parts.map((row, at) => (
        <Node
          key={row.key}
          id={`${id}-${at}`}
          row={row}
          sessionId={sessionId}
          isHidden={!isOpen}
          mark={<PartMark kind={row.kind} />}
        />
      ))}
    </tbody>
  );
}

function PartMark({ kind }: { kind: TreeRow["kind"] }) {
  const Icon = kind === "subagent" ? CornerDownRight : Bot;
  return <Icon aria-hidden className="ml-5 size-4 shrink-0 text-ink-faint" />;
}

type NodeProps = { row: TreeRow; sessionId: string; mark: React.ReactNode; id?: string; isHidden?: boolean };

function Node({ row, sessionId, mark, id, isHidden = false }: NodeProps) {
  const { view, sums, subagentId } = row;
  return (
    <tr id={id} hidden={isHidden} className="hover:bg-hover/60">
      <RowHead>
        <div className="flex min-w-0 items-start gap-1.5">
          {mark}
          <div className="min-w-0">
            <span className={row.kind === "prompt" ? "font-medium" : "wrap-anywhere"}>{row.name}</span>
            <span className="block text-xs text-ink-muted">
              <Calls row={row} sessionId={sessionId} subagentId={subagentId} />
              {row.note === null ? "" : ` · ${row.note}`}
              {view.trouble === null ? null : <span className="text-stop"> · {view.trouble}</span>}
            </span>
          </div>
        </div>
      </RowHead>
      <Cell className="whitespace-nowrap text-ink-muted max-sm:hidden">
        <ClockTime at={sums.firstCallAt} />
      </Cell>
      <Cell isNumeric className="text-ink-muted max-md:hidden">
        {view.duration}
      </Cell>
      <Cell isNumeric className="text-ink-muted max-sm:hidden">
        {view.tokens ?? <Unknown reason="Nobody reported any." />}
      </Cell>
      <Cell isNumeric className="font-medium">
        {view.cost}
      </Cell>
      <Cell className="w-32 max-sm:hidden">
        <ShareFigure share={row.share} percent={row.percent} />
      </Cell>
    </tr>
  );
}

type CallsProps = { row: TreeRow; sessionId: string; subagentId: string | null };

/** The agent's own calls cannot be listed without those of its subagents; everything else can. */
function Calls({ row: { kind, sums, view }, sessionId, subagentId }: CallsProps) {
  if (kind === "main") return view.calls;
  const href = sessionCallsHref({ ...sums, sessionId, ...(subagentId === null ? {} : { subagentId }) });
  return (
    <Link href={href} className="link">
      {view.calls}
    </Link>
  );
}
