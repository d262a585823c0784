import { closeSync, fdatasync, fdatasyncSync, mkdirSync } from "node:fs";

import { formatLine, type JournalLine, parseLine, type ReportedStart } from "#gateway/journal-lines.ts";
import {
  appendWhole,
  createSegment,
  listSegments,
  type Position,
  readLines,
  removeSegment,
} from "#gateway/journal-segments.ts";
import type { OpenCall, SettledCall } from "#ledger/call-record.ts";
import type { Log } from "#log.ts";

const SEGMENT_BYTES_MAX = 8 * 1024 * 1024;
/** A drained segment above this size is left behind for a new one, so that a restart reads little again. */
const DRAINED_BYTES_MAX = 64 * 1024;
const SYNC_INTERVAL_MS = 100;

/** A call that was open when the gateway died, and what had been reported of it. */
export type LostCall = { call: OpenCall; start: ReportedStart | null };

export type Journal = {
  /** Writes that a call goes out. Throws when the disk refuses: the call must not go out then. */
  open(call: OpenCall): void;
  /** Writes what the upstream reports at the start of a stream. */
  started(start: ReportedStart): void;
  /** Writes the end of a call. Never throws: a line that the disk refuses is kept and tried again. */
  settled(call: SettledCall): void;
  /** Settled calls that are not acknowledged yet, oldest first, and the position after them. */
  read(): { calls: SettledCall[]; next: Position };
  /** Everything before the position is in the ledger: files that lie wholly before it are removed. */
  acknowledge(read: { calls: readonly SettledCall[]; next: Position }): void;
  /** Settled calls that are not acknowledged. */
  backlog(): number;
  /** The calls that an earlier process left open. They are settled by writing their end, once. */
  lost: readonly LostCall[];
  close(): void;
};

/**
 * The gateway's append-only record of its calls, in one folder of its own: process death loses nothing that
 * was written, power loss at most the last 100 ms. Lines are written synchronously, because the order "written,
 * then sent" is the guarantee; a write to the page cache takes microseconds.
 */
export function openJournal(directory: string, log: Log): Journal {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const recovered = recover(directory, log);
  const inFlight = new Map<string, string>();
  let unwritten: string[] = [];
  let backlog = recovered.settledCount;
  let segment = recovered.nextSegment;
  let fd = createSegment(directory, segment);
  let bytes = 0;
  let isDirty = false;
  let position: Position = { segment: recovered.firstSegment, offset: 0 };

  const append = (text: string) => {
    bytes += appendWhole(fd, text);
    isDirty = true;
  };
  const startSegment = () => {
    fdatasyncSync(fd);
    closeSync(fd);
    segment += 1;
    fd = createSegment(directory, segment);
    bytes = 0;
    // Calls in flight move along, so that the old segment can go as soon as its settled calls are drained.
    for (const lines of inFlight.values()) append(lines);
  };
  const sync = setInterval(() => {
    if (unwritten.length > 0) unwritten = unwritten.filter((text) => !tryAppend(text));
    if (!isDirty) return;
    isDirty = false;
    fdatasync(fd, (error) => {
      if (error !== null && error.code !== "EBADF") log.error({ error }, "The journal could not be synced to disk");
    });
  }, SYNC_INTERVAL_MS);
  sync.unref();
  const tryAppend = (text: string): boolean => {
    try {
      append(text);
      return true;
    } catch (error) {
      log.error({ error }, "The journal could not be written; trying again");
      return false;
    }
  };

  return {
    lost: recovered.lost,
    backlog: () => backlog,
    open(call) {
      const text = formatLine({ kind: "open", call });
      append(text);
      inFlight.set(call.id, text);
    },
    started(start) {
      const text = formatLine({ kind: "started", start });
      if (tryAppend(text)) inFlight.set(start.id, (inFlight.get(start.id) ?? "") + text);
    },
    settled(call) {
      inFlight.delete(call.id);
      backlog += 1;
      const text = formatLine({ kind: "settled", call });
      if (!tryAppend(text)) unwritten.push(text);
      if (bytes > SEGMENT_BYTES_MAX) startSegment();
    },
    read() {
      let from = position;
      for (;;) {
        const { lines, nextOffset } = readLines(directory, from);
        const calls = settledAmong(parseAll(lines, from, log));
        const next = { segment: from.segment, offset: nextOffset };
        const isAtEnd = lines.length === 0;
        if (calls.length > 0 || (isAtEnd && from.segment === segment)) return { calls, next };
        from = isAtEnd ? { segment: nextSegmentAfter(directory, from.segment), offset: 0 } : next;
      }
    },
    acknowledge({ calls, next }) {
      backlog -= calls.length;
      for (const old of listSegments(directory)) if (old < next.segment) removeSegment(directory, old);
      position = next;
      const isDrained = next.segment === segment && next.offset === bytes;
      if (isDrained && bytes > DRAINED_BYTES_MAX) startSegment();
    },
    close() {
      clearInterval(sync);
      fdatasyncSync(fd);
      closeSync(fd);
    },
  };
}

function recover(directory: string, log: Log) {
  const segments = listSegments(directory);
  const open = new Map<string, LostCall>();
  const settledIds = new Set<string>();
  let settledCount = 0;
  for (const segment of segments) {
    let offset = 0;
    for (;;) {
      const { lines, nextOffset } = readLines(directory, { segment, offset });
      if (lines.length === 0) break;
      for (const line of parseAll(lines, { segment, offset }, log)) {
        if (line.kind === "settled") {
          settledCount += 1;
          settledIds.add(line.call.id);
          open.delete(line.call.id);
        } else follow(open, line, settledIds);
      }
      offset = nextOffset;
    }
  }
  const nextSegment = (segments.at(-1) ?? 0) + 1;
  return { lost: [...open.values()], settledCount, nextSegment, firstSegment: segments[0] ?? nextSegment };
}

function follow(
  open: Map<string, LostCall>,
  line: Exclude<JournalLine, { kind: "settled" }>,
  settledIds: ReadonlySet<string>,
): void {
  if (line.kind === "open") {
    if (!settledIds.has(line.call.id)) open.set(line.call.id, { call: line.call, start: null });
    return;
  }
  const lost = open.get(line.start.id);
  if (lost !== undefined) lost.start = line.start;
}

function parseAll(texts: readonly string[], from: Position, log: Log): JournalLine[] {
  return texts.flatMap((text) => {
    const line = parseLine(text);
    if (line === null) log.error({ ...from }, "A damaged line of the journal was passed over");
    return line ?? [];
  });
}

function settledAmong(lines: readonly JournalLine[]): SettledCall[] {
  return lines.flatMap((line) => (line.kind === "settled" ? line.call : []));
}

function nextSegmentAfter(directory: string, segment: number): number {
  return listSegments(directory).find((candidate) => candidate > segment) ?? segment;
}
