import { appendFile, open, rename, rm, stat } from "node:fs/promises";

import type { LogOptions } from "#agents/runtime.ts";

/** The output of one agent: in memory the last lines, on disk two files of bounded size. */
export type AgentLog = {
  write(text: string): void;
  /** The last lines, and on request those that come, until the signal aborts or the log ends. */
  read(options: LogOptions): AsyncIterable<string>;
  /** The last lines as they are now. */
  last(count: number): string[];
  /** No more output. Resolves when all is on disk. */
  end(): Promise<void>;
  /** Ends and takes the files away. */
  remove(): Promise<void>;
};

const LINES_MAX = 1_000;
const LINE_LENGTH_MAX = 16_384;
/** A reader who is slower than the agent misses lines in the middle. */
const BEHIND_MAX = 10_000;
/** What a disk does not take is given up beyond this. */
const UNWRITTEN_MAX = 1_048_576;

/** Opens a log of at most `bytesMax` on disk, with the lines that an earlier process has left there. */
export async function openAgentLog(file: string, bytesMax: number): Promise<AgentLog> {
  const lines = [...(await readLines(`${file}.1`)), ...(await readLines(file))].slice(-LINES_MAX);
  const readers = new Set<(line: string | null) => void>();
  const disk = createDisk(file, bytesMax / 2);
  let open = "";

  function add(line: string): void {
    const cut = line.length > LINE_LENGTH_MAX ? `${line.slice(0, LINE_LENGTH_MAX)}…` : line;
    lines.push(cut);
    if (lines.length > LINES_MAX) lines.shift();
    disk.append(`${cut}\n`);
    for (const tell of readers) tell(cut);
  }

  async function end(): Promise<void> {
    if (open !== "") add(open);
    open = "";
    await disk.settled();
  }

  return {
    write(text) {
      const parts = (open + text).split("\n");
      open = (parts.pop() ?? "").slice(0, LINE_LENGTH_MAX + 1);
      for (const part of parts) add(part.replace(/\r$/, ""));
    },
    last: (count) => lines.slice(-count),
    read: ({ tail, follow, signal }) => {
      const first = tail > 0 ? lines.slice(-Math.min(tail, LINES_MAX)) : [];
      return follow ? followLines(first, readers, signal) : fromList(first);
    },
    end,
    async remove() {
      await end();
      for (const tell of readers) tell(null);
      await Promise.all([rm(file, { force: true }), rm(`${file}.1`, { force: true })]);
    },
  };
}

async function* fromList(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

/** Subscribes at once, when it is called and not when it is first read, so that nothing in between is missed. */
function followLines(
  first: readonly string[],
  readers: Set<(line: string | null) => void>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const behind: (string | null)[] = [...first];
  let wake: () => void = () => undefined;
  const tell = (line: string | null) => {
    behind.push(line);
    if (behind.length > BEHIND_MAX) behind.shift();
    wake();
  };
  const leave = () => tell(null);
  readers.add(tell);
  signal.addEventListener("abort", leave, { once: true });
  if (signal.aborted) leave();

  async function* lines(): AsyncGenerator<string> {
    try {
      for (;;) {
        const line = behind.shift();
        if (line === null) return;
        if (line !== undefined) yield line;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      readers.delete(tell);
      signal.removeEventListener("abort", leave);
    }
  }
  return lines();
}

/** Appends in order, and starts a new file when one is full. A disk that refuses stops nothing. */
function createDisk(file: string, fileBytesMax: number) {
  let unwritten = "";
  let size: number | null = null;
  let writing: Promise<void> | null = null;

  async function write(): Promise<void> {
    while (unwritten !== "") {
      const text = wholeLines(unwritten, fileBytesMax);
      unwritten = unwritten.slice(text.length);
      size ??= await stat(file).then(
        (stats) => stats.size,
        () => 0,
      );
      if (size > 0 && size + text.length > fileBytesMax) {
        await rename(file, `${file}.1`);
        size = 0;
      }
      await appendFile(file, text, { mode: 0o600 });
      size += Buffer.byteLength(text);
    }
  }

  return {
    append(text: string): void {
      if (unwritten.length + text.length > UNWRITTEN_MAX) return;
      unwritten += text;
      writing ??= write()
        .catch(() => undefined) // the lines are in memory all the same
        .finally(() => {
          writing = null;
        });
    },
    settled: async (): Promise<void> => {
      await writing;
    },
  };
}

/** As many lines of the beginning as fit, and at least one. Every line has its end. */
function wholeLines(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  const end = text.lastIndexOf("\n", lengthMax);
  return text.slice(0, (end === -1 ? text.indexOf("\n") : end) + 1);
}

/** The last lines of a file; none when there is no file. */
async function readLines(file: string): Promise<string[]> {
  const handle = await open(file, "r").catch(() => null);
  if (handle === null) return [];
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, UNWRITTEN_MAX);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    const lines = buffer.toString("utf8", 0, bytesRead).split("\n").slice(0, -1);
    return length < size ? lines.slice(1) : lines;
  } finally {
    await handle.close();
  }
}
