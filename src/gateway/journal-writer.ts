import {
  createSegment,
  listSegments,
  type Position,
  removeSegment,
  type SegmentWriter,
} from "#gateway/journal-segments.ts";
import { collectTurn } from "#gateway/loop-turn.ts";
import { createPlaces } from "#gateway/places.ts";
import type { Log } from "#log.ts";

/** Nothing of it throws. */
export type JournalWriter = {
  /** Appends the line that opens a call, with the others of this turn, and says whether the disk has taken it. */
  open(id: string, text: string, then: (isWritten: boolean) => void): void;
  /** Appends a further line of an open call, at once. */
  note(id: string, text: string): void;
  /** Appends the last line of a call, with the others of this turn. A line that the disk refuses is kept and tried again. */
  finish(id: string, text: string, then?: () => void): void;
  /** Appends what waits for the end of this turn. */
  flush(): void;
  /** Where the next line will stand. */
  place(): Position;
  /** Goes on in a new file; calls in flight move along, so that the old one can go once it is drained. */
  startSegment(): void;
  /** Removes the files before a segment. */
  removeBefore(segment: number): void;
  close(): void;
};

const SEGMENT_BYTES_MAX = 8 * 1024 * 1024;
const SYNC_INTERVAL_MS = 100;

/** A line that waits for the end of this turn of the event loop. */
type WaitingLine =
  | { kind: "open"; id: string; text: string; then: (isWritten: boolean) => void }
  | { kind: "finish"; id: string; text: string; then: (() => void) | undefined };

/**
 * The writing end of the journal. "Written, then sent" is the guarantee; under load many calls begin and end in one
 * turn of the event loop, and share one write to the page cache, which costs as much as handling a call's headers does.
 * Every 100 ms what was written is synced to the disk.
 */
export function createJournalWriter(target: { directory: string; segment: number; log: Log }): JournalWriter {
  const { directory } = target;
  const trouble = createTrouble(target.log);
  const inFlight = createCallsInFlight();
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
  const conclude = (line: WaitingLine, isWritten: boolean) => {
    if (line.kind === "open") {
      if (isWritten) inFlight.add(line.id, line.text);
      line.then(isWritten);
      return;
    }
    inFlight.remove(line.id);
    if (!isWritten) unwritten.push(line.text);
    line.then?.();
  };
  const turn = collectTurn((lines: readonly WaitingLine[]) => {
    // Where there is no room for all, there may be for some.
    const isWritten = tryAppend(lines.map(({ text }) => text).join(""));
    for (const line of lines) {
      const isTaken = isWritten || (lines.length > 1 && tryAppend(line.text));
      conclude(line, isTaken);
    }
    if (current.place().offset > SEGMENT_BYTES_MAX) startSegment();
  });
  const syncing = setInterval(() => {
    if (unwritten.length > 0) retry();
    current.sync((error) => trouble.report("be synced to the disk", error));
  }, SYNC_INTERVAL_MS);
  syncing.unref();

  return {
    open: (id, text, then) => turn.add({ kind: "open", id, text, then }),
    note(id, text) {
      turn.flush();
      if (inFlight.has(id) && tryAppend(text)) inFlight.append(id, text);
    },
    finish: (id, text, then) => turn.add({ kind: "finish", id, text, then }),
    flush: turn.flush,
    place: () => current.place(),
    startSegment,
    removeBefore(segment) {
      turn.flush();
      // A call whose end the disk has refused has its beginning there, and nothing else.
      if (unwritten.length === 0) trouble.attempt("remove a file", () => removeSegmentsBefore(directory, segment));
    },
    close() {
      clearInterval(syncing);
      turn.flush();
      retry();
      current.close();
    },
  };
}

/** The lines of the calls that are in flight, by the call's id. */
function createCallsInFlight() {
  const lines = createPlaces<string>();
  const placeOf = new Map<string, number>();
  return {
    has: (id: string) => placeOf.has(id),
    add: (id: string, text: string) => void placeOf.set(id, lines.add(text)),
    append(id: string, text: string) {
      const place = placeOf.get(id);
      if (place !== undefined) lines.replace(place, `${lines.at(place)}${text}`);
    },
    remove(id: string) {
      const place = placeOf.get(id);
      if (place !== undefined) lines.remove(place);
      placeOf.delete(id);
    },
    all: lines.all,
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
