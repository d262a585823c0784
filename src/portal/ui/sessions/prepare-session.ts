import { formatUsd, type NanoUsd } from "#domain/money.ts";
import { countOf, formatCompactCount, formatDuration, formatShare, shareOf } from "#portal/ui/format/counts.ts";

type Sums = {
  firstCallAt: Date;
  endedAt: Date;
  requests: number;
  failed: number;
  refused: number;
  estimated: number;
  listCost: NanoUsd;
  tokensIn: number | null;
  tokensOut: number | null;
  models: readonly string[];
};

/** The sums of a session, or of a part of it, as texts. Null: nobody reported it. */
export type SumsView = {
  calls: string;
  duration: string;
  cost: string;
  costNote: string | null;
  tokens: string | null;
  tokensNote: string;
  /** Null: none went wrong. */
  trouble: string | null;
  models: string;
};

const SHOWN_MODELS = 2;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Every text of a row but its name. */
export function prepareSums(sums: Sums): SumsView {
  const { requests, failed, refused, estimated, tokensIn, tokensOut, models } = sums;
  const trouble = [failed > 0 ? `${countOf(failed, "call")} failed` : "", refused > 0 ? `${refused} refused` : ""];
  const isUnknown = tokensIn === null && tokensOut === null;
  const isNobodys = isUnknown || (requests === failed + refused && (tokensIn ?? 0) + (tokensOut ?? 0) === 0);
  return {
    calls: countOf(requests, "call"),
    duration: formatLongDuration(sums.endedAt.getTime() - sums.firstCallAt.getTime()),
    cost: formatUsd(sums.listCost),
    costNote: estimated === 0 ? null : `Of ${countOf(estimated, "call")} the cost is estimated.`,
    tokens: isNobodys ? null : formatCompactCount((tokensIn ?? 0) + (tokensOut ?? 0)),
    tokensNote: `${formatCompactCount(tokensIn ?? 0)} in, cached ones included, ${formatCompactCount(tokensOut ?? 0)} out`,
    trouble: trouble.filter((text) => text !== "").join(", ") || null,
    models: modelsText(models),
  };
}

function modelsText(models: readonly string[]): string {
  const more = models.length - SHOWN_MODELS;
  return models.slice(0, SHOWN_MODELS).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** As `formatDuration`, with hours and days: "2 h 05 min", "3 days 4 h". */
export function formatLongDuration(durationMs: number): string {
  if (durationMs < HOUR_MS) return formatDuration(durationMs);
  const minutes = Math.floor(durationMs / 60_000);
  if (durationMs < DAY_MS) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
  const hours = Math.floor(minutes / 60);
  return `${countOf(Math.floor(hours / 24), "day")} ${hours % 24} h`;
}

type Prompt = { promptId: string | null; turn: { askedBy: string | null } | null; sums: Sums; main: Sums | null; subagents: readonly { subagentId: string; sums: Sums }[] }; // biome-ignore format: one line

export type TreeRow = {
  key: string;
  kind: "prompt" | "main" | "subagent";
  name: string;
  note: string | null;
  subagentId: string | null;
  sums: Sums;
  view: SumsView;
  share: number;
  percent: string;
};
export type PromptRows = { prompt: TreeRow; parts: TreeRow[] };

/** A session's rows: each prompt, and below it the agent itself and its subagents where there are any. */
export function prepareTree(prompts: readonly Prompt[], total: NanoUsd): PromptRows[] {
  let number = 0;
  return prompts.map(({ promptId, turn, sums, main, subagents }) => {
    if (promptId !== null) number += 1;
    const own = promptId ?? "none";
    const name = promptId === null ? "Calls that name no prompt" : `Prompt ${number}`;
    const note = turn === null ? null : `asked in the portal by ${turn.askedBy ?? "somebody whose account is gone"}`;
    const itself = { kind: "main", name: "The agent itself", note: null, subagentId: null } as const;
    const parts = [
      ...(main === null ? [] : [toRow({ ...itself, key: `${own} main`, sums: main }, total)]),
      ...subagents.map(({ subagentId, sums: of }) => {
        const key = `${own} ${subagentId}`;
        return toRow(
          { kind: "subagent", key, name: `Subagent ${subagentId}`, note: null, subagentId, sums: of },
          total,
        );
      }),
    ];
    return {
      prompt: toRow({ kind: "prompt", key: own, name, note, subagentId: null, sums }, total),
      parts: subagents.length === 0 ? [] : parts,
    };
  });
}

function toRow(row: Omit<TreeRow, "view" | "share" | "percent">, total: NanoUsd): TreeRow {
  const { listCost } = row.sums;
  return {
    ...row,
    view: prepareSums(row.sums),
    share: shareOf(listCost, total),
    percent: formatShare(listCost, total),
  };
}
