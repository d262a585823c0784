const FRAME_HEADER = 8;
const LINE_MAX = 16_384;
const STANDARD_STREAMS = 3;

/** One line of output, and Docker's instant of it (RFC 3339 with nanoseconds). */
export type LogLine = { at: string; text: string };

/**
 * Reads the lines of a container's output as Docker frames them: an 8-byte header, of which the first byte names the
 * stream and the last four give the length, then that many bytes. Lines of the two streams do not mix. A line longer
 * than 16 KB is cut there. Ends, like its source, also in the middle of a frame.
 */
export async function* readLogLines(frames: AsyncIterable<Buffer>): AsyncGenerator<LogLine> {
  const partial: Buffer[] = Array.from({ length: STANDARD_STREAMS }, () => Buffer.alloc(0));
  let pending: Buffer = Buffer.alloc(0);
  for await (const chunk of frames) {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    for (;;) {
      const frame = takeFrame(pending);
      if (frame === null) break;
      pending = frame.rest;
      const { lines, rest } = splitLines(Buffer.concat([partial[frame.stream] ?? Buffer.alloc(0), frame.body]));
      partial[frame.stream] = rest;
      yield* lines.map(toLogLine);
    }
  }
  yield* partial.filter((bytes) => bytes.length > 0).map(toLogLine);
}

function takeFrame(bytes: Buffer): { stream: number; body: Buffer; rest: Buffer } | null {
  if (bytes.length < FRAME_HEADER) return null;
  const end = FRAME_HEADER + bytes.readUInt32BE(4);
  if (bytes.length < end) return null;
  return { stream: bytes.readUInt8(0), body: bytes.subarray(FRAME_HEADER, end), rest: bytes.subarray(end) };
}

function splitLines(bytes: Buffer): { lines: Buffer[]; rest: Buffer } {
  const lines: Buffer[] = [];
  let start = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  // A program that never ends its line must not fill the memory.
  return { lines, rest: bytes.subarray(start, start + 2 * LINE_MAX) };
}

/** Docker puts its own instant and a blank in front. */
function toLogLine(bytes: Buffer): LogLine {
  const line = bytes.toString("utf8").replace(/\r$/, "");
  const blank = line.indexOf(" ");
  const at = blank < 0 ? line : line.slice(0, blank);
  const text = blank < 0 ? "" : line.slice(blank + 1);
  return { at, text: text.length > LINE_MAX ? `${text.slice(0, LINE_MAX)}…` : text };
}
