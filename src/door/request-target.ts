/** Where a request goes, in the one spelling that is both judged and sent on. */
export type RequestTarget = {
  /** Begins with one slash; no part of it is `.` or `..`, and only what must be encoded is. */
  path: string;
  /** As it came: empty, or with its question mark. */
  search: string;
};

/** Visible ASCII, and nothing that servers read differently from browsers. */
const READABLE = /^\/[!-~]*$/;
const MISREAD = /[\\#<>"^`{|}]/;
/** What a second decoding, by somebody less careful, would turn into another path. */
const ENCODED_TWICE = /%(?:2e|2f|5c|25|00)/i;
const CONTROL = /[\p{Cc}/\\]/u;
/** encodeURIComponent encodes these as well, which a path may hold as they are. */
const NEEDS_NO_CODE = /%(?:3A|40|24|2C|3B|26|3D|2B)/g;

/**
 * Reads the target of a request line. Null for whatever could mean different things to us and to those behind us: other
 * forms than a path, empty parts, dots, encoded slashes, control characters, codes within codes.
 */
export function readRequestTarget(target: string | undefined): RequestTarget | null {
  if (target === undefined || !READABLE.test(target)) return null;
  const at = target.indexOf("?");
  const rawPath = at === -1 ? target : target.slice(0, at);
  const search = at === -1 ? "" : target.slice(at);
  if (MISREAD.test(rawPath) || /[\\#]/.test(search)) return null;
  const parts = rawPath.slice(1).split("/").map(decodePart);
  const isClear = parts.every((part, index) => part !== null && (part !== "" || index === parts.length - 1));
  if (!isClear) return null;
  return { path: `/${parts.map((part) => encodePart(part ?? "")).join("/")}`, search };
}

function decodePart(raw: string): string | null {
  try {
    const part = decodeURIComponent(raw);
    const isStep = part === "." || part === "..";
    return isStep || CONTROL.test(part) || ENCODED_TWICE.test(part) ? null : part;
  } catch {
    return null; // half a character
  }
}

function encodePart(part: string): string {
  return encodeURIComponent(part).replace(NEEDS_NO_CODE, (code) => decodeURIComponent(code));
}

/** A place behind the door, whatever was wanted: the start where it cannot be one. */
export function pathBehindDoor(wanted: string | null | undefined): string {
  const target = readRequestTarget(wanted ?? undefined);
  return target === null ? "/" : target.path + target.search;
}
