import type { CallEnd, CallSort, CallSpan } from "#domain/call-query.ts";

/** The orders of the list, in words. */
export const SORT_WORDS: Record<CallSort, string> = {
  newest: "Newest first",
  slowest: "Slowest first",
  dearest: "Dearest first",
  "most-tokens": "Most tokens first",
  "lowest-cache-hit": "Lowest cache hit first",
};

export const SPAN_WORDS: Record<CallSpan, string> = {
  "1h": "Last hour",
  "24h": "Last 24 hours",
  "7d": "Last 7 days",
  "30d": "Last 30 days",
  "90d": "Last 90 days",
};

export const END_WORDS: Record<CallEnd, string> = {
  completed: "Completed",
  incomplete: "Incomplete",
  failed: "Failed",
  refused: "Refused",
};

/** The statuses that calls have, with what they mean. Others can be asked for in the address. */
export const STATUS_WORDS: readonly { status: number; label: string }[] = [
  { status: 200, label: "200 answered" },
  { status: 400, label: "400 bad request" },
  { status: 401, label: "401 not known" },
  { status: 402, label: "402 budget or pause" },
  { status: 403, label: "403 not allowed" },
  { status: 404, label: "404 not found" },
  { status: 413, label: "413 too large" },
  { status: 429, label: "429 rate limit" },
  { status: 500, label: "500 fault upstream" },
  { status: 502, label: "502 bad gateway" },
  { status: 503, label: "503 not available" },
  { status: 504, label: "504 too slow" },
  { status: 529, label: "529 overloaded" },
];
