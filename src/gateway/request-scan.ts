/** What admission needs to know of a message request. */
export type RequestScan = { model: string; isStreamed: boolean; maxTokens: number | null };
export type ScanResult = { ok: true; scan: RequestScan } | { ok: false; problem: string };

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];

const NOT_JSON = "The request body is not valid JSON. Send one JSON object.";
const INCOMPLETE = "The request body ends before its JSON is complete. Send it again, whole.";

/**
 * Finds the three top-level fields in the bytes of a JSON body without parsing it: a body has hundreds of
 * kilobytes, is forwarded byte for byte, and only its outline matters here. Fields inside messages or tools do
 * not count. Of a repeated field the last counts, as JSON parsers have it. Says what is wrong with a body that
 * is not one complete JSON object or has no model; the rest is the upstream's to judge.
 */
export function scanRequest(body: Buffer): ScanResult {
  let at = skipSpace(body, 0);
  if (body[at] !== OPEN_BRACE) return { ok: false, problem: NOT_JSON };
  const fields = new Map<string, unknown>();
  at = skipSpace(body, at + 1);
  while (body[at] === QUOTE) {
    const keyEnd = skipString(body, at);
    const valueStart = skipSpace(body, skipSpace(body, keyEnd) + 1);
    if (keyEnd < 0 || body[skipSpace(body, keyEnd)] !== COLON) return broken(body, keyEnd);
    const valueEnd = skipValue(body, valueStart);
    if (valueEnd < 0) return { ok: false, problem: INCOMPLETE };
    const key = body.toString("latin1", at + 1, keyEnd - 1);
    if (key === "model" || key === "stream" || key === "max_tokens") {
      fields.set(key, parsePrimitive(body.toString("utf8", valueStart, valueEnd)));
    }
    at = skipSpace(body, valueEnd);
    if (body[at] !== COMMA) break;
    at = skipSpace(body, at + 1);
  }
  if (body[at] !== CLOSE_BRACE) return broken(body, at);
  if (skipSpace(body, at + 1) < body.length) return { ok: false, problem: NOT_JSON };
  return toResult(fields);
}

function toResult(fields: ReadonlyMap<string, unknown>): ScanResult {
  const [model, maxTokens] = [fields.get("model"), fields.get("max_tokens")];
  if (typeof model !== "string" || model === "") {
    return { ok: false, problem: "model: Field required. Name the model as a non-empty string." };
  }
  const isCount = typeof maxTokens === "number" && Number.isSafeInteger(maxTokens) && maxTokens >= 0;
  return {
    ok: true,
    scan: { model, isStreamed: fields.get("stream") === true, maxTokens: isCount ? maxTokens : null },
  };
}

function broken(body: Buffer, at: number): ScanResult {
  return { ok: false, problem: at < 0 || at >= body.length ? INCOMPLETE : NOT_JSON };
}

function parsePrimitive(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // reported as a missing field
  }
}

function skipSpace(body: Buffer, from: number): number {
  let at = from;
  while (at < body.length) {
    const byte = body[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    at += 1;
  }
  return at;
}

/** The index after the closing quote of the string that starts at `from`, or -1 when it never closes. */
function skipString(body: Buffer, from: number): number {
  let quote = body.indexOf(QUOTE, from + 1);
  while (quote >= 0) {
    let backslashes = 0;
    while (body[quote - 1 - backslashes] === BACKSLASH && quote - 1 - backslashes > from) backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
    quote = body.indexOf(QUOTE, quote + 1);
  }
  return -1;
}

/** The index after the value that starts at `from`, or -1 when the body ends inside it. */
function skipValue(body: Buffer, from: number): number {
  const byte = body[from];
  if (byte === QUOTE) return skipString(body, from);
  return byte === OPEN_BRACE || byte === OPEN_BRACKET ? skipNested(body, from) : skipPrimitive(body, from);
}

function skipNested(body: Buffer, from: number): number {
  let depth = 0;
  let at = from;
  while (at >= 0 && at < body.length) {
    const byte = body[at];
    if (byte === QUOTE) {
      at = skipString(body, at);
      continue;
    }
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth -= 1;
    at += 1;
    if (depth === 0) return at;
  }
  return -1;
}

function skipPrimitive(body: Buffer, from: number): number {
  for (let at = from; at < body.length; at += 1) {
    const byte = body[at];
    if (byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET) return at;
  }
  return -1;
}
