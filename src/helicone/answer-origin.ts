import type { IncomingHttpHeaders } from "node:http";

/**
 * Who has written an answer that came from Helicone's proxy. `upstream`: Anthropic; Helicone has added its id. `helicone`: itself.
 * `isAboutRequest`: with such an answer it says something of this one request, and nothing of itself.
 */
export type AnswerOrigin = { from: "upstream" } | { from: "helicone"; reason: string; isAboutRequest: boolean };

/** Statuses of a body that it cannot parse or that is too large for it, and of headers that are. */
const ABOUT_REQUEST = new Set([400, 413, 414, 431]);
const SEEN_TEXT_MAX = 60;
/** An object of JSON, a field or a comment of a stream, or as much of them as has come. */
const READABLE = /^[\s\ufeff]*(?:\{|[a-z]*(?::|$))/;

/**
 * Tells Anthropic's answers, errors included, from Helicone's own. It marks what it passes on with `helicone-id`; its own answers
 * (JSON of its API, HTML with a stack trace, whatever a broken proxy in front of it says) have none.
 */
export function originOf(status: number, headers: IncomingHttpHeaders): AnswerOrigin {
  const isMarked = headers["helicone-id"] !== undefined;
  if (isMarked && !(isSuccess(status) && isPage(headers))) return { from: "upstream" };
  const reason = `it answered ${status} itself (${(headers["content-type"] ?? "of no type").slice(0, SEEN_TEXT_MAX)})`;
  return { from: "helicone", reason, isAboutRequest: ABOUT_REQUEST.has(status) };
}

/**
 * Whether the first bytes of a successful answer are the beginning of a message or of a stream of events. Answers of errors, and
 * encoded ones that say so, are not judged.
 */
export function isReadable(status: number, headers: IncomingHttpHeaders, chunk: Buffer): boolean {
  if (!isSuccess(status) || headers["content-encoding"] !== undefined) return true;
  return !isPage(headers) && READABLE.test(chunk.subarray(0, SEEN_TEXT_MAX).toString());
}

/** The headers of an answer without those that Helicone and its server have added. */
export function withoutHeliconeHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const kept: IncomingHttpHeaders = {};
  for (const name in headers) {
    if (!name.startsWith("helicone-") && !name.startsWith("access-control-") && !ADDED.has(name)) {
      kept[name] = headers[name];
    }
  }
  return kept;
}

const ADDED = new Set(["x-powered-by", "vary"]);

/** Whether an answer means that something was worked on. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function isPage(headers: IncomingHttpHeaders): boolean {
  return headers["content-type"]?.startsWith("text/html") === true;
}
