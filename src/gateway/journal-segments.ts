import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import path from "node:path";

/** A place in the journal: a segment file and a byte offset in it. */
export type Position = { segment: number; offset: number };

/** A segment that is being written. */
export type SegmentWriter = {
  /** Where the next text will stand. */
  place(): Position;
  /** Appends all of a text or, throwing the system's error, nothing of it. */
  append(text: string): void;
  /** Puts what was appended since the last time on the disk, in the background. `done` gets null or the error. */
  sync(done: (error: NodeJS.ErrnoException | null) => void): void;
  /** Syncs and closes, in the background. */
  retire(): void;
  /** Syncs and closes. */
  close(): void;
};

const NAME = /^calls-(\d{8})\.jsonl$/;
/** Small enough that reading a batch does not hold up the calls in between. */
const READ_BYTES = 256 * 1024;
/** What follows a torn line, so that it never reads as a line, even where only its newline is missing. */
const TORN_LINE_END = "#\n";

export function segmentPath(directory: string, segment: number): string {
  return path.join(directory, `calls-${segment.toString().padStart(8, "0")}.jsonl`);
}

/** The numbers of the segments in a folder, oldest first. */
export function listSegments(directory: string): number[] {
  return readdirSync(directory)
    .flatMap((name) => NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .toSorted((a, b) => a - b);
}

export function removeSegment(directory: string, segment: number): void {
  unlinkSync(segmentPath(directory, segment));
}

/** Makes a new segment. Throws the system's error, also when there is one with this number. */
export function createSegment(directory: string, segment: number): SegmentWriter {
  const fd = openSync(segmentPath(directory, segment), "ax", 0o600);
  let offset = 0;
  let isTorn = false;
  let isDirty = false;
  return {
    place: () => ({ segment, offset }),
    append(text) {
      const line = Buffer.from(isTorn ? TORN_LINE_END + text : text, "utf8");
      try {
        for (let written = 0; written < line.length; ) written += writeSync(fd, line, written);
      } catch (error) {
        // A full disk may have taken half a line; the next one must not be glued to it.
        isTorn = !truncate(fd, offset);
        if (isTorn) offset = fstatSync(fd).size;
        throw error;
      }
      offset += line.length;
      isTorn = false;
      isDirty = true;
    },
    sync(done) {
      if (isDirty) fdatasync(fd, done);
      isDirty = false;
    },
    retire: () => fdatasync(fd, () => closeSync(fd)),
    close() {
      fdatasyncSync(fd);
      closeSync(fd);
    },
  };
}

/**
 * The complete lines that follow an offset of a segment, a few hundred at the most, and the offset
 * after the last of them. A line without its newline is not complete: it is still being written, or was torn.
 */
export function readLines(directory: string, from: Position): { lines: string[]; nextOffset: number } {
  const fd = openSync(segmentPath(directory, from.segment), "r");
  try {
    // A power cut can leave a hole of any size, so that a "line" is longer than one read.
    for (let size = READ_BYTES; ; size *= 2) {
      const buffer = Buffer.allocUnsafe(size);
      const bytes = readSync(fd, buffer, 0, size, from.offset);
      const end = bytes === 0 ? -1 : buffer.lastIndexOf(0x0a, bytes - 1);
      if (end >= 0) return { lines: buffer.toString("utf8", 0, end).split("\n"), nextOffset: from.offset + end + 1 };
      if (bytes < size) return { lines: [], nextOffset: from.offset };
    }
  } finally {
    closeSync(fd);
  }
}

function truncate(fd: number, length: number): boolean {
  try {
    ftruncateSync(fd, length);
    return true;
  } catch {
    return false; // the torn line is ended instead
  }
}
