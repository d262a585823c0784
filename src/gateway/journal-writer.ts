import {
  createSegment,
  listSegments,
  type Position,
  removeSegment,
  type SegmentWriter,
} from "#gateway/journal-segments.ts";
import { createPlaces } from "#gateway/places.ts";
import type { Log } from "#log.ts";

export type JournalWriter = {
  /** Appends the line that opens a call. Throws when the disk refuses; nothing was written then. */
  open(id: string, text: string): void;
  /** Appends a further line of an open call. Never throws. */
  note(id: string, text: string): void;
  /** Appends the last line of a call. Never throws: a line that the disk refuses is kept and tried again. */
  finish(id: string, text: string): void;
  /** Where the next line will stand. */
  place(): Position;
  /** Goes on in a new file; calls in flight move along, so that the old one can go once it is drained. Never throws. */
  startSegment(): void;
  /** Removes the files before a segment. Never throws. */
  removeBefore(segment: number): void;
  close(): void;
};

const SEGMENT_BYTES_MAX = 8 * 1024 * 1024;
const SYNC_INTERVAL_MS = 100;

/**
 * The writing end of the journal. Lines are written synchronously, because "written, then sent" is the
 * guarantee, and a write to the page cache takes microseconds; every 100 ms they are synced to the disk.
 */
export function createJournalWriter(target: { directory: string; segment: number; log: Log }): JournalWriter {
  const { directory } = target;
  const trouble = createTrouble(target.log);
  const inFlight = createPlaces<string>();
  const placeOf = new Map<string, number>();
  let unwritten: string[] = [];
  let current = createSegment(directory, target.segment);

  const tryAppend = (text: string) => trouble.attempt("be written", () => current.append(text));
  const retry = () => {
    unwritten = unwritten.filter((text) => !tryAppend(text));
  };
  const startSegment = () => {
    trouble.attempt("begin a new file", () => {
      const next = followingSegment(directory, inFlight.all());
      current.retire();
      current = next;
    });
  };
  const syncing = setInterval(() => {
    if (unwritten.length > 0) retry();
    current.sync((error) => trouble.report("be synced to the disk", error));
  }, SYNC_INTERVAL_MS);
  syncing.unref();

  return {
    open(id, text) {
      current.append(text);
      placeOf.set(id, inFlight.add(text));
    },
    note(id, text) {
      const place = placeOf.get(id);
      if (place !== undefined && tryAppend(text)) inFlight.replace(place, `${inFlight.at(place)}${text}`);
    },
    finish(id, text) {
      const place = placeOf.get(id);
      if (place !== undefined) inFlight.remove(place);
      placeOf.delete(id);
      if (!tryAppend(text)) unwritten.push(text);
      if (current.place().offset > SEGMENT_BYTES_MAX) startSegment();
    },
    place: () => current.place(),
    startSegment,
    removeBefore(segment) {
      // A call whose end waits to be written has its beginning there, and nothing else.
      if (unwritten.length === 0) trouble.attempt("remove a file", () => removeSegmentsBefore(directory, segment));
    },
    close() {
      clearInterval(syncing);
      retry();
      current.close();
    },
  };
}

/** A new segment that begins with the calls in flight. Throws, leaving nothing behind, when the disk refuses. */
function followingSegment(directory: string, inFlight: Iterable<string>): SegmentWriter {
  const next = createSegment(directory, (listSegments(directory).at(-1) ?? 0) + 1);
  try {
    for (const lines of inFlight) next.append(lines);
    return next;
  } catch (error) {
    next.retire();
    removeSegment(directory, next.place().segment);
    throw error;
  }
}

function removeSegmentsBefore(directory: string, segment: number): void {
  for (const old of listSegments(directory)) if (old < segment) removeSegment(directory, old);
}

/** Carries on where the disk refuses, and says so once until it works again. */
function createTrouble(log: Log) {
  const known = new Set<string>();
  const report = (what: string, error: unknown) => {
    if (error === null) {
      if (known.delete(what)) log.info(`The journal can ${what} again`);
    } else if (!known.has(what)) {
      known.add(what);
      log.error({ err: error }, `The journal cannot ${what}; trying again`);
    }
  };
  return {
    report,
    attempt(what: string, action: () => void): boolean {
      try {
        action();
        report(what, null);
        return true;
      } catch (error) {
        report(what, error);
        return false;
      }
    },
  };
}
