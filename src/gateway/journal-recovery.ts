import { type JournalLine, parseLine, type ReportedStart } from "#gateway/journal-lines.ts";
import { listSegments, type Position, readLines } from "#gateway/journal-segments.ts";
import type { OpenCall, SettledCall } from "#ledger/call-record.ts";
import type { Log } from "#log.ts";

/** A call that was open when the gateway died, and what had been reported of it. */
export type LostCall = { call: OpenCall; start: ReportedStart | null };

export type RecoveredJournal = {
  lost: readonly LostCall[];
  /** Settled calls in the files; the ledger may have some of them already. */
  settledCount: number;
  firstSegment: number;
  /** The number that a new segment takes: what was written before is never written to again. */
  nextSegment: number;
};

/** Reads what earlier processes left in a journal folder. A torn or damaged line is passed over and logged. */
export function recoverJournal(directory: string, log: Log): RecoveredJournal {
  const segments = listSegments(directory);
  const open = new Map<string, LostCall>();
  const settledIds = new Set<string>();
  let settledCount = 0;
  for (const line of linesOf(directory, segments, log)) {
    if (line.kind === "settled") {
      settledCount += 1;
      settledIds.add(line.call.id);
      open.delete(line.call.id);
    } else if (line.kind === "open") {
      // A call that moved to a newer segment has its first lines twice.
      if (!settledIds.has(line.call.id)) open.set(line.call.id, { call: line.call, start: null });
    } else {
      const lost = open.get(line.start.id);
      if (lost !== undefined) lost.start = line.start;
    }
  }
  const nextSegment = (segments.at(-1) ?? 0) + 1;
  return { lost: [...open.values()], settledCount, firstSegment: segments[0] ?? nextSegment, nextSegment };
}

/** The settled calls among some lines of the journal. Of the others, only what they begin with is looked at. */
export function settledCalls(texts: readonly string[], from: Position, log: Log): SettledCall[] {
  const others = (text: string) => text.startsWith('{"kind":"open"') || text.startsWith('{"kind":"started"');
  const candidates = texts.filter((text) => !others(text));
  return parseAll(candidates, from, log).flatMap((line) => (line.kind === "settled" ? line.call : []));
}

function* linesOf(directory: string, segments: readonly number[], log: Log): Generator<JournalLine> {
  for (const segment of segments) {
    let from: Position = { segment, offset: 0 };
    for (;;) {
      const { lines, nextOffset } = readLines(directory, from);
      if (lines.length === 0) break;
      yield* parseAll(lines, from, log);
      from = { segment, offset: nextOffset };
    }
  }
}

function parseAll(texts: readonly string[], from: Position, log: Log): JournalLine[] {
  return texts.flatMap((text) => {
    const line = parseLine(text);
    if (line === null) log.error({ ...from }, "A damaged line of the journal was passed over");
    return line ?? [];
  });
}
