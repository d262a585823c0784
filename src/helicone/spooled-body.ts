import { access, readFile, stat } from "node:fs/promises";
import path from "node:path";

import type { CallBodies } from "#helicone/log-record.ts";

const BODY = /^([0-9a-f-]{36})\.body$/;

/** A call's bodies while they are being written; renamed to `bodyPath` when they are complete. */
export function partPath(folder: string, id: string): string {
  return path.join(folder, `${id}.part`);
}

/** A call's bodies: the request's length as a line, the request, the answer. */
export function bodyPath(folder: string, id: string): string {
  return path.join(folder, `${id}.body`);
}

/** The call whose complete bodies a file holds; null: it is another kind of file. */
export function idOfBody(name: string): string | null {
  return BODY.exec(name)?.[1] ?? null;
}

/** How many bytes a call's bodies are. `writing`: they are not complete yet. `none`: there are none. */
export async function bodySize(folder: string, id: string): Promise<number | "writing" | "none"> {
  const sizeOf = () =>
    stat(bodyPath(folder, id)).then(
      ({ size }) => size,
      () => null, // not there
    );
  const size = await sizeOf();
  if (size !== null) return size;
  const isWriting = await access(partPath(folder, id)).then(
    () => true,
    () => false, // not there
  );
  // Between the two looks it may have become complete.
  return isWriting ? "writing" : ((await sizeOf()) ?? "none");
}

/** Reads a call's bodies; null when they are not there, or not what was written. */
export async function readBodies(folder: string, id: string): Promise<CallBodies | null> {
  const bytes = await readFile(bodyPath(folder, id)).catch(() => null); // given up meanwhile
  const lineEnd = bytes?.indexOf(0x0a) ?? -1;
  if (bytes === null || lineEnd < 0) return null;
  const start = lineEnd + 1;
  const end = start + Number(bytes.toString("latin1", 0, lineEnd));
  if (!(end >= start && end <= bytes.length)) return null;
  return { request: bytes.toString("utf8", start, end), answer: bytes.toString("utf8", end) };
}
