import { createHash } from "node:crypto";

import { type JsonObject, toArray, toObject } from "./json.ts";

/** Anthropic's `usage`, as the API reports it. */
export type Usage = {
  input_tokens: number;
  cache_creation_input_tokens: number;
  cache_read_input_tokens: number;
  cache_creation: { ephemeral_5m_input_tokens: number; ephemeral_1h_input_tokens: number };
  output_tokens: number;
  service_tier: string;
  inference_geo: string;
  server_tool_use?: { web_search_requests: number; web_fetch_requests: number };
};

type Segment = { hash: string; tokens: number; ttl: "none" | "5m" | "1h" };

const CHARACTERS_PER_TOKEN = 4;
const TOKENS_PER_IMAGE = 1_600;
const CACHEABLE_TOKENS_MIN = 1_024;
const UNCACHED_TOKENS_MIN = 3;
const CACHED_PREFIXES_MAX = 20_000;
const BILLING_LINE = "x-anthropic-billing-header:";

/** Tokens of a text, at least 1. */
export function textTokens(text: string): number {
  return Math.max(1, Math.ceil(text.length / CHARACTERS_PER_TOKEN));
}

/** Tokens of a whole request: tools, system prompt and messages. */
export function promptTokens(body: unknown): number {
  return segmentsOf(toObject(body)).reduce((sum, segment) => sum + segment.tokens, 0);
}

/** The upstream's prompt cache: which beginnings of conversations it has seen, by model. */
export function createPromptCache() {
  const prefixes = new Set<string>();
  return {
    /** Counts a request's input as the API would, and remembers what it asked to be cached. */
    readAndWrite(body: unknown): Omit<Usage, "output_tokens"> {
      const usage = countInput(segmentsOf(toObject(body)), prefixes);
      if (prefixes.size > CACHED_PREFIXES_MAX) prefixes.clear();
      return usage;
    },
    clear: () => prefixes.clear(),
  };
}

function countInput(segments: readonly Segment[], prefixes: Set<string>): Omit<Usage, "output_tokens"> {
  const total = sumTokens(segments);
  const last = segments.findLastIndex((segment) => segment.ttl !== "none");
  const last1h = segments.findLastIndex((segment) => segment.ttl === "1h");
  const cached = segments.slice(0, last + 1);
  const isCacheable = sumTokens(cached) >= CACHEABLE_TOKENS_MIN;
  const readUpTo = isCacheable ? cached.findLastIndex((segment) => prefixes.has(segment.hash)) : -1;
  if (isCacheable) for (const segment of cached) prefixes.add(segment.hash);

  const read = sumTokens(cached.slice(0, readUpTo + 1));
  const written = isCacheable ? sumTokens(cached) - read : 0;
  const written1h = isCacheable ? sumTokens(cached.slice(readUpTo + 1, last1h + 1)) : 0;
  return {
    input_tokens: Math.max(total - read - written, UNCACHED_TOKENS_MIN),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
    cache_creation: { ephemeral_5m_input_tokens: written - written1h, ephemeral_1h_input_tokens: written1h },
    service_tier: "standard",
    inference_geo: "global",
  };
}

function sumTokens(segments: readonly Segment[]): number {
  return segments.reduce((sum, segment) => sum + segment.tokens, 0);
}

/** Tools, each system block and each message, in the order the API caches them; a hash covers all before it. */
function segmentsOf(body: JsonObject): Segment[] {
  const system = typeof body.system === "string" ? [body.system] : toArray(body.system);
  const parts = [...(body.tools === undefined ? [] : [body.tools]), ...system, ...toArray(body.messages)];
  let previous = `${String(body.model)}`;
  return parts.map((part) => {
    const { text, images, ttl } = readPart(part);
    previous = createHash("sha1").update(previous).update(text).digest("base64");
    return { hash: previous, tokens: textTokens(text) + images * TOKENS_PER_IMAGE, ttl };
  });
}

/** The part's text without what does not count: cache marks (they move from turn to turn) and image bytes. */
function readPart(part: unknown): { text: string; images: number; ttl: Segment["ttl"] } {
  let images = 0;
  let ttl: Segment["ttl"] = "none";
  const text = JSON.stringify(part, (key, value: unknown) => {
    if (key === "cache_control") {
      if (ttl !== "1h") ttl = toObject(value).ttl === "1h" ? "1h" : "5m";
      return undefined;
    }
    if (typeof value !== "string") return value;
    if (value.startsWith(BILLING_LINE)) return BILLING_LINE;
    if (key !== "data") return value;
    images += 1;
    return createHash("sha1").update(value).digest("base64");
  });
  return { text, images, ttl };
}
