import type { NanoUsd } from "#domain/money.ts";

/** Sums over calls. Counts that nobody reported are not in them; null: nobody reported any. */
export type SessionSums = {
  firstCallAt: Date;
  endedAt: Date;
  requests: number;
  failed: number;
  refused: number;
  /** Whose cost is our estimate. */
  estimated: number;
  listCost: NanoUsd;
  /** Of the prompts, cached ones included. */
  tokensIn: number | null;
  tokensOut: number | null;
  models: readonly string[];
};

/** The calls that name the same prompt and the same subagent; null: they name none. */
export type SessionPart = SessionSums & { promptId: string | null; subagentId: string | null };

/** A message that somebody sent through the portal. `finishedAt` null: it is still worked on, or nobody knows when it ended. */
export type SessionTurn = { id: string; askedBy: string | null; workedFrom: Date; finishedAt: Date | null };

export type SubagentNode = { subagentId: string; sums: SessionSums };

/**
 * All calls of one prompt. `main`: those that no subagent made; null: there are none. Subagents are side by side: the client does
 * not say whose subagent one is.
 */
export type PromptNode = {
  promptId: string | null;
  turn: SessionTurn | null;
  sums: SessionSums;
  main: SessionSums | null;
  subagents: SubagentNode[];
};

/** A session as its prompts in the order of their first calls, each with its subagents in theirs. Pure. */
export function toSessionTree(parts: readonly SessionPart[], turns: readonly SessionTurn[]): PromptNode[] {
  const byPrompt = new Map<string | null, SessionPart[]>();
  for (const part of parts) byPrompt.set(part.promptId, [...(byPrompt.get(part.promptId) ?? []), part]);
  return [...byPrompt]
    .map(([promptId, own]) => {
      const sums = addSums(own);
      const main = own.find(({ subagentId }) => subagentId === null) ?? null;
      // Calls that name no prompt may be of many: they are of no one turn.
      const turn = promptId === null ? null : turnAt(turns, sums.firstCallAt);
      const subagents = own.flatMap((part) =>
        part.subagentId === null ? [] : [{ subagentId: part.subagentId, sums: part }],
      );
      return { promptId, turn, sums, main, subagents: subagents.toSorted((a, b) => byStart(a.sums, b.sums)) };
    })
    .toSorted((a, b) => byStart(a.sums, b.sums));
}

/** The turn that was worked on at an instant: the last to begin before it, unless that had ended. */
function turnAt(turns: readonly SessionTurn[], at: Date): SessionTurn | null {
  const begun = turns.filter(({ workedFrom }) => workedFrom <= at);
  const last = begun.toSorted((a, b) => a.workedFrom.getTime() - b.workedFrom.getTime()).at(-1);
  return last === undefined || (last.finishedAt !== null && last.finishedAt < at) ? null : last;
}

/** @throws RangeError for no parts: there is no first call then */
export function addSums(parts: readonly SessionSums[]): SessionSums {
  const [first, ...others] = parts;
  if (first === undefined) throw new RangeError("Sums of nothing");
  return others.reduce((a, b) => ({
    firstCallAt: new Date(Math.min(a.firstCallAt.getTime(), b.firstCallAt.getTime())),
    endedAt: new Date(Math.max(a.endedAt.getTime(), b.endedAt.getTime())),
    requests: a.requests + b.requests,
    failed: a.failed + b.failed,
    refused: a.refused + b.refused,
    estimated: a.estimated + b.estimated,
    listCost: a.listCost + b.listCost,
    tokensIn: addKnown(a.tokensIn, b.tokensIn),
    tokensOut: addKnown(a.tokensOut, b.tokensOut),
    models: [...new Set([...a.models, ...b.models])].toSorted(),
  }), first); // biome-ignore format: one expression
}

function addKnown(a: number | null, b: number | null): number | null {
  return a === null && b === null ? null : (a ?? 0) + (b ?? 0);
}

function byStart(a: SessionSums, b: SessionSums): number {
  return a.firstCallAt.getTime() - b.firstCallAt.getTime();
}
