import { type FileHandle, mkdir, open, readdir, rename, stat, unlink } from "node:fs/promises";
import path from "node:path";

import { bodyPath, idOfBody, partPath } from "#helicone/spooled-body.ts";
import type { Log } from "#log.ts";

/** The bodies of one call on their way to the disk. Nothing of it throws or waits. */
export type BodyRecording = {
  /** Keeps a piece of the answer, which is not changed afterwards. */
  answer(chunk: Buffer): void;
  /** The call is over: what was kept can be delivered. */
  end(): void;
};

export type SpoolFigures = {
  bytes: number;
  limitBytes: number;
  /** Bodies that were given up since the start, for want of room or because the disk refused. */
  dropped: number;
};

export type BodySpool = {
  record(id: string, request: Buffer): BodyRecording;
  /** Forgets the bodies of calls that are delivered. Never throws. */
  remove(ids: Iterable<string>): void;
  /** The calls that are over and whose bodies are kept. */
  kept(): string[];
  figures(): SpoolFigures;
  /** Resolves when everything that is over so far is on the disk, or was given up. */
  settled(): Promise<void>;
};

/** Small pieces of an answer are gathered until they are worth a write. */
const GATHER_BYTES = 64 * 1024;
/** What a slow disk may leave in memory, of all calls together; the bodies of a call that would exceed it are given up. */
const UNWRITTEN_BYTES_MAX = 64 * 1024 * 1024;

type Entry = {
  bytes: number;
  state: "open" | "kept" | "dropped";
  /** Takes its file off the disk, also while it is being written. */
  removeFile: () => void;
};
type Spool = {
  folder: string;
  limitBytes: number;
  log: Log;
  entries: Map<string, Entry>;
  bytes: number;
  unwritten: number;
  dropped: number;
  isFailing: boolean;
  /** Of the calls whose files are being finished. */
  finishing: Set<Promise<void>>;
};

/**
 * The folder in which the bodies of calls wait until Helicone has them: never larger than its limit, the oldest give way.
 * Written in the background; a call never waits for it. `stillWanted` says which of the calls that an earlier process left are
 * still to be delivered; the bodies of all others are removed at once.
 */
export async function openBodySpool(
  place: { folder: string; limitBytes: number; log: Log },
  stillWanted: (ids: readonly string[]) => Promise<ReadonlySet<string>>,
): Promise<BodySpool> {
  const counts = { bytes: 0, unwritten: 0, dropped: 0, isFailing: false };
  const spool: Spool = { ...place, ...counts, entries: new Map(), finishing: new Set() };
  await mkdir(spool.folder, { recursive: true, mode: 0o700 });
  await takeOver(spool, stillWanted);
  return {
    record: (id, request) => startRecording(spool, id, request),
    remove(ids) {
      for (const id of ids) if (spool.entries.get(id)?.state === "kept") forget(spool, id);
    },
    kept: () => [...spool.entries].flatMap(([id, { state }]) => (state === "kept" ? [id] : [])),
    figures: () => ({ bytes: spool.bytes, limitBytes: spool.limitBytes, dropped: spool.dropped }),
    async settled() {
      await Promise.all(spool.finishing);
    },
  };
}

async function takeOver(
  spool: Spool,
  stillWanted: (ids: readonly string[]) => Promise<ReadonlySet<string>>,
): Promise<void> {
  const names = await readdir(spool.folder);
  const ids = names.flatMap((name) => idOfBody(name) ?? []);
  const wanted = ids.length === 0 ? new Set<string>() : await stillWanted(ids);
  const left = await Promise.all(
    names.map(async (name) => {
      const id = idOfBody(name);
      const file = path.join(spool.folder, name);
      if (id === null || !wanted.has(id)) {
        await unlink(file).catch(() => undefined); // a folder of somebody else's stays
        return [];
      }
      const { size, mtimeMs } = await stat(file);
      return [{ id, size, mtimeMs }];
    }),
  );
  for (const { id, size } of left.flat().toSorted((a, b) => a.mtimeMs - b.mtimeMs)) {
    spool.entries.set(id, { bytes: size, state: "kept", removeFile: () => void removeFiles(spool.folder, id) });
    spool.bytes += size;
  }
  keepWithinLimit(spool);
}

function startRecording(spool: Spool, id: string, request: Buffer): BodyRecording {
  const entry: Entry = { bytes: 0, state: "open", removeFile: () => undefined };
  spool.entries.set(id, entry);
  const file = createPartFile(spool, id, entry);
  let gathered: Buffer[] = [];
  let gatheredBytes = 0;
  const flush = () => {
    if (gatheredBytes > 0) file.write(gathered, gatheredBytes);
    gathered = [];
    gatheredBytes = 0;
  };
  const head = Buffer.from(`${request.length}\n`);
  file.write([head, request], head.length + request.length);
  return {
    answer(chunk) {
      if (entry.state === "dropped") return;
      gathered.push(chunk);
      gatheredBytes += chunk.length;
      if (gatheredBytes >= GATHER_BYTES) flush();
    },
    end() {
      flush();
      file.finish();
    },
  };
}

/** The file that one call's bodies are written to, piece by piece, in the background. */
function createPartFile(spool: Spool, id: string, entry: Entry) {
  const part = partPath(spool.folder, id);
  let file: FileHandle | null = null;
  let tail: Promise<void> = Promise.resolve();
  const inTurn = (step: () => Promise<void>) => {
    tail = tail.then(step).catch((error: unknown) => giveUp(spool, id, error));
  };
  const append = async (pieces: Buffer[], bytes: number) => {
    file ??= await open(part, "wx", 0o600);
    const { bytesWritten } = await file.writev(pieces);
    if (bytesWritten < bytes) throw new Error("The disk took a part of a body only.");
  };
  const close = async () => {
    const open = file;
    file = null;
    await open?.close();
  };
  const complete = async () => {
    await close();
    if (isDropped(entry)) return;
    await rename(part, bodyPath(spool.folder, id));
    if (isDropped(entry)) return; // given up meanwhile; removing the file is the next step
    entry.state = "kept";
    works(spool);
  };
  entry.removeFile = () =>
    inTurn(async () => {
      await close();
      await removeFiles(spool.folder, id);
    });
  return {
    write(pieces: Buffer[], bytes: number): void {
      if (isDropped(entry)) return;
      entry.bytes += bytes;
      spool.bytes += bytes;
      spool.unwritten += bytes;
      keepWithinLimit(spool);
      if (spool.unwritten > UNWRITTEN_BYTES_MAX && !isDropped(entry)) drop(spool, id);
      inTurn(async () => {
        try {
          if (!isDropped(entry)) await append(pieces, bytes);
        } finally {
          spool.unwritten -= bytes;
        }
      });
    },
    finish(): void {
      inTurn(complete);
      const last = tail;
      spool.finishing.add(last);
      void last.then(() => spool.finishing.delete(last));
    },
  };
}

/** Asked again after every wait: the entry may have been dropped meanwhile. */
function isDropped(entry: Entry): boolean {
  return entry.state === "dropped";
}

function keepWithinLimit(spool: Spool): void {
  for (const id of spool.entries.keys()) {
    if (spool.bytes <= spool.limitBytes) return;
    drop(spool, id);
  }
}

/** Gives the bodies of a call up; one that is still going on keeps no more of them. */
function drop(spool: Spool, id: string): void {
  spool.dropped += 1;
  forget(spool, id);
}

function forget(spool: Spool, id: string): void {
  const entry = spool.entries.get(id);
  if (entry === undefined) return;
  spool.entries.delete(id);
  spool.bytes -= entry.bytes;
  entry.state = "dropped";
  entry.removeFile();
}

async function removeFiles(folder: string, id: string): Promise<void> {
  const gone = () => undefined; // gone already, or there is nothing to be done about it
  await Promise.all([unlink(partPath(folder, id)).catch(gone), unlink(bodyPath(folder, id)).catch(gone)]);
}

async function giveUp(spool: Spool, id: string, error: unknown): Promise<void> {
  if (!spool.isFailing) spool.log.error({ err: error }, "Bodies for Helicone cannot be kept; it is told without them");
  spool.isFailing = true;
  if (spool.entries.has(id)) drop(spool, id);
  await removeFiles(spool.folder, id);
}

function works(spool: Spool): void {
  if (spool.isFailing) spool.log.info("Bodies for Helicone are kept again");
  spool.isFailing = false;
}
