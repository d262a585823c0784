import { closeSync, fdatasync, fdatasyncSync } from "node:fs";

import { appendWhole, createSegment, type Position } from "#gateway/journal-segments.ts";
import type { Log } from "#log.ts";

export type JournalWriter = {
  /** Appends the line that opens a call. Throws when the disk refuses. */
  open(id: string, text: string): void;
  /** Appends a further line of an open call. Never throws. */
  note(id: string, text: string): void;
  /** Appends the last line of a call. Never throws: a line that the disk refuses is kept and tried again. */
  finish(id: string, text: string): void;
  /** Where the next line will stand. */
  place(): Position;
  /** Goes on in a new file; calls in flight move along, so that the old one can go once it is drained. */
  startSegment(): void;
  close(): void;
};

const SEGMENT_BYTES_MAX = 8 * 1024 * 1024;
const SYNC_INTERVAL_MS = 100;

/**
 * The writing end of the journal. Lines are written synchronously, because "written, then sent" is the
 * guarantee, and a write to the page cache takes microseconds; every 100 ms they are synced to the disk.
 */
export function createJournalWriter(target: { directory: string; segment: number; log: Log }): JournalWriter {
  const { directory, log } = target;
  const inFlight = new Map<string, string>();
  let unwritten: string[] = [];
  let { segment } = target;
  let fd = createSegment(directory, segment);
  let bytes = 0;
  let isDirty = false;

  const append = (text: string) => {
    bytes += appendWhole(fd, text);
    isDirty = true;
  };
  const tryAppend = (text: string): boolean => {
    try {
      append(text);
      return true;
    } catch (error) {
      log.error({ err: error }, "The journal could not be written; trying again");
      return false;
    }
  };
  const startSegment = () => {
    const next = createSegment(directory, segment + 1);
    fdatasyncSync(fd);
    closeSync(fd);
    [fd, segment, bytes] = [next, segment + 1, 0];
    for (const lines of inFlight.values()) append(lines);
  };
  const syncing = setInterval(() => {
    if (unwritten.length > 0) unwritten = unwritten.filter((text) => !tryAppend(text));
    if (isDirty) syncLater(fd, log);
    isDirty = false;
  }, SYNC_INTERVAL_MS);
  syncing.unref();

  return {
    open(id, text) {
      append(text);
      inFlight.set(id, text);
    },
    note(id, text) {
      if (tryAppend(text)) inFlight.set(id, (inFlight.get(id) ?? "") + text);
    },
    finish(id, text) {
      inFlight.delete(id);
      if (!tryAppend(text)) unwritten.push(text);
      if (bytes > SEGMENT_BYTES_MAX) startSegment();
    },
    place: () => ({ segment, offset: bytes }),
    startSegment,
    close() {
      clearInterval(syncing);
      fdatasyncSync(fd);
      closeSync(fd);
    },
  };
}

function syncLater(fd: number, log: Log): void {
  fdatasync(fd, (error) => {
    // A segment that was left in the meantime was synced when it was closed.
    if (error !== null && error.code !== "EBADF") log.error({ err: error }, "The journal could not be synced to disk");
  });
}
