import { type JsonObject, parseJson, toArray, toObject } from "./json.ts";

export const SCRIPT_KINDS = [
  "text",
  "thinking",
  "tool_use",
  "subagents",
  "web_search",
  "error",
  "never",
  "hangup",
] as const;
export type ScriptKind = (typeof SCRIPT_KINDS)[number];

/**
 * What the upstream does with one request. Everything is optional: an empty script is an ordinary text answer.
 * `kind`: text; thinking (a thinking block, then text); tool_use (`tools`, in parallel); subagents (one call of the
 * caller's own Agent or Task tool for each of `prompts`); web_search (as the server-side tool answers); error
 * (`status`); never (accepts the request and never answers); hangup (closes the connection without an answer).
 */
export type Script = {
  kind?: ScriptKind;
  /** Only for the first `times` requests with this script in one session; then `afterwards`, or an ordinary answer. */
  times?: number;
  afterwards?: Script;

  /** The answer's text, or how many characters of made-up text. */
  text?: string;
  length?: number;
  /** In how many deltas the text is streamed. Default: a few words each. */
  chunks?: number;
  tools?: readonly { name: string; input: JsonObject }[];
  prompts?: readonly string[];
  /** The model named in the answer. Default: the one that was asked for. */
  model?: string;

  /** Status of an error, its `retry-after` in seconds, and further headers (e.g. x-should-retry). */
  status?: number;
  retryAfter?: number;
  message?: string;
  headers?: Record<string, string>;

  /** Verbatim `usage`; null is sent as null, "missing" leaves it out. Default: derived from the request. */
  usage?: unknown;
  /** Verbatim `usage` of message_start and of message_delta alone; they win over `usage`. */
  startUsage?: unknown;
  deltaUsage?: unknown;
  /** Number of message_delta events; each carries the cumulative count so far. Default 1. */
  deltas?: number;

  headersDelayMs?: number;
  chunkDelayMs?: number;
  /** After this many events (a JSON answer: half of its bytes) the connection is destroyed. */
  cutAfterEvents?: number;
  /** After this many events nothing follows, and the connection stays open. */
  stallAfterEvents?: number;
  /** After this many events an SSE `error` event ends the stream. */
  errorAfterEvents?: number;
  /** Bytes of each write; 1 puts a chunk border at every byte. */
  chunkBytes?: number;
  crlf?: boolean;
  /** Puts bytes that are not UTF-8 into the first text. */
  brokenUtf8?: boolean;
  /** Compresses the answer, whatever the caller accepts. */
  gzip?: boolean;
  /** Answers JSON although a stream was asked for. */
  asJson?: boolean;
};

const FIELD_TYPES: Record<keyof Script, "string" | "number" | "boolean" | "object" | "anything"> = {
  kind: "string",
  times: "number",
  afterwards: "object",
  text: "string",
  length: "number",
  chunks: "number",
  tools: "object",
  prompts: "object",
  model: "string",
  status: "number",
  retryAfter: "number",
  message: "string",
  headers: "object",
  usage: "anything",
  startUsage: "anything",
  deltaUsage: "anything",
  deltas: "number",
  headersDelayMs: "number",
  chunkDelayMs: "number",
  cutAfterEvents: "number",
  stallAfterEvents: "number",
  errorAfterEvents: "number",
  chunkBytes: "number",
  crlf: "boolean",
  brokenUtf8: "boolean",
  gzip: "boolean",
  asJson: "boolean",
};

/** Says what is wrong with a value meant as a script, or null. A typo must not look like an ordinary answer. */
export function scriptProblem(value: unknown): string | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "a script is a JSON object";
  for (const [name, field] of Object.entries(value)) {
    const type = Object.entries(FIELD_TYPES).find(([known]) => known === name)?.[1];
    if (type === undefined) return `unknown field "${name}"`;
    if (type !== "anything" && typeof field !== type) return `"${name}" must be of type ${type}`;
  }
  const kind = toObject(value).kind;
  return kind === undefined || SCRIPT_KINDS.some((known) => known === kind) ? null : `unknown kind "${String(kind)}"`;
}

/** Reads a script from JSON text. Throws an Error that says what is wrong with it. */
export function parseScript(text: string): Script {
  const value = parseJson(text);
  const problem = value === undefined ? "not JSON" : scriptProblem(value);
  if (problem !== null) throw new Error(`script: ${problem}`);
  return toObject(value); // scriptProblem has checked each field
}

const MARKER_START = "[[script:";

/**
 * The script that the last user message asks for with `[[script: {…}]]`, or null. Results of tools are not
 * searched: they repeat what others said. Throws an Error when the marker is there and is not a script.
 */
export function scriptInMessages(body: unknown): { script: Script; text: string } | null {
  const text = lastUserText(body);
  const start = text.indexOf(MARKER_START);
  if (start === -1) return null;
  const rest = text.slice(start + MARKER_START.length);
  for (let end = rest.indexOf("]]"); end !== -1; end = rest.indexOf("]]", end + 1)) {
    const json = rest.slice(0, end);
    if (parseJson(json) !== undefined) return { script: parseScript(json), text: json };
  }
  throw new Error("script: the marker holds no JSON that ends before ]]");
}

/** The text that the person (or the parent agent) last said, without tool results. */
export function lastUserText(body: unknown): string {
  const messages = toArray(toObject(body).messages).map(toObject);
  const content = messages.findLast((message) => message.role === "user")?.content;
  if (typeof content === "string") return content;
  return toArray(content)
    .map(toObject)
    .filter((block) => block.type === "text")
    .map((block) => String(block.text))
    .join("\n");
}
