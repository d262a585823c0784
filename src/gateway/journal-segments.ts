import { closeSync, openSync, readdirSync, readSync, unlinkSync, writeSync } from "node:fs";
import path from "node:path";

/** A place in the journal: a segment file and a byte offset in it. */
export type Position = { segment: number; offset: number };

const NAME = /^calls-(\d{8})\.jsonl$/;
/** Small enough that reading a batch does not hold up the calls in between. */
const READ_BYTES = 256 * 1024;

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

export function createSegment(directory: string, segment: number): number {
  return openSync(segmentPath(directory, segment), "ax", 0o600);
}

export function removeSegment(directory: string, segment: number): void {
  unlinkSync(segmentPath(directory, segment));
}

/** Writes all of a text, however the system splits it. */
export function appendWhole(fd: number, text: string): number {
  const bytes = Buffer.from(text, "utf8");
  let written = 0;
  while (written < bytes.length) written += writeSync(fd, bytes, written);
  return bytes.length;
}

/**
 * The complete lines that follow an offset of a segment, a few hundred at the most, and the offset
 * after the last of them. A line without its newline is not complete: it is still being written, or was torn.
 */
export function readLines(directory: string, from: Position): { lines: string[]; nextOffset: number } {
  const fd = openSync(segmentPath(directory, from.segment), "r");
  try {
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    const bytes = readSync(fd, buffer, 0, READ_BYTES, from.offset);
    const end = buffer.lastIndexOf(0x0a, bytes - 1);
    if (bytes === 0 || end < 0) return { lines: [], nextOffset: from.offset };
    return { lines: buffer.toString("utf8", 0, end).split("\n"), nextOffset: from.offset + end + 1 };
  } finally {
    closeSync(fd);
  }
}
