import { mkdirSync } from "node:fs";

import { formatLine, type ReportedStart } from "#gateway/journal-lines.ts";
import { type LostCall, recoverJournal, settledCalls } from "#gateway/journal-recovery.ts";
import { listSegments, type Position, readLines } from "#gateway/journal-segments.ts";
import { createJournalWriter } from "#gateway/journal-writer.ts";
import type { OpenCall, SettledCall } from "#ledger/call-record.ts";
import type { Log } from "#log.ts";

export type JournalBatch = { calls: readonly SettledCall[]; next: Position };

/**
 * Lines of one turn of the event loop are written together, at its end or with `flush`, and then whoever waits for one is
 * told. Nothing throws.
 */
export type Journal = {
  /** Writes that a call goes out. It must not go out before `then` has said that this is written. */
  open(call: OpenCall, then: (isWritten: boolean) => void): void;
  /** Writes what the upstream reports at the start of a stream, at once. */
  started(start: ReportedStart): void;
  /** Writes the end of a call, and calls `then`. A line that the disk refuses is kept and tried again. */
  settled(call: SettledCall, then?: () => void): void;
  /** Writes what waits for the end of this turn. */
  flush(): void;
  /** Settled calls that are not acknowledged yet, oldest first, and the position after them. */
  read(): JournalBatch;
  /** Everything before the batch's end is in the ledger: files that lie wholly before it are removed. */
  acknowledge(batch: JournalBatch): void;
  /** Settled calls that are not acknowledged. */
  backlog(): number;
  /** Since when calls wait and none was acknowledged; null: none waits. */
  stuckSinceMs(): number | null;
  /** The calls that an earlier process left open. They are settled by writing their end, once. */
  lost: readonly LostCall[];
  close(): void;
};

/** A drained segment above this size is left behind for a new one, so that a restart reads little again. */
const DRAINED_BYTES_MAX = 64 * 1024;

/**
 * The gateway's append-only record of its calls, in one folder of its own: process death loses nothing that
 * was written, power loss at most the last 100 ms.
 */
export function openJournal(directory: string, log: Log): Journal {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const recovered = recoverJournal(directory, log);
  const writer = createJournalWriter({ directory, segment: recovered.nextSegment, log });
  let backlog = recovered.settledCount;
  let stuckSinceMs = Date.now();
  let position: Position = { segment: recovered.firstSegment, offset: 0 };

  return {
    lost: recovered.lost,
    backlog: () => backlog,
    stuckSinceMs: () => (backlog === 0 ? null : stuckSinceMs),
    open: (call, then) => writer.open(call.id, formatLine({ kind: "open", call }), then),
    started: (start) => writer.note(start.id, formatLine({ kind: "started", start })),
    settled(call, then) {
      if (backlog === 0) stuckSinceMs = Date.now();
      backlog += 1;
      writer.finish(call.id, formatLine({ kind: "settled", call }), then);
    },
    flush: () => writer.flush(),
    read() {
      writer.flush();
      for (let from = position; ; ) {
        const { lines, nextOffset } = readLines(directory, from);
        const calls = settledCalls(lines, from, log);
        const next = { segment: from.segment, offset: nextOffset };
        const isAtEnd = lines.length === 0;
        if (calls.length > 0 || (isAtEnd && from.segment === writer.place().segment)) return { calls, next };
        from = isAtEnd ? { segment: segmentAfter(directory, from.segment), offset: 0 } : next;
      }
    },
    acknowledge({ calls, next }) {
      backlog -= calls.length;
      stuckSinceMs = Date.now();
      position = next;
      writer.removeBefore(next.segment);
      const end = writer.place();
      const isDrained = next.segment === end.segment && next.offset === end.offset;
      if (isDrained && end.offset > DRAINED_BYTES_MAX) writer.startSegment();
    },
    close: () => writer.close(),
  };
}

/** The reader never passes the segment that is being written, so there is a later one. */
function segmentAfter(directory: string, segment: number): number {
  return listSegments(directory).find((candidate) => candidate > segment) ?? segment + 1;
}
