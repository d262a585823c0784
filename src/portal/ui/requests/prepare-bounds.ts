import type { CallFilter, CallQuery } from "#domain/call-query.ts";
import { parseUsd, toUsdText } from "#domain/money.ts";

/** The bounds as they are typed; an empty text is no bound. Instants are by the viewer's own clocks. */
export type BoundsDraft = {
  costMin: string;
  costMax: string;
  tokensMin: string;
  tokensMax: string;
  latencyMin: string;
  latencyMax: string;
  sessionId: string;
  from: string;
  to: string;
};

export type ReadBounds = {
  /** The view with these bounds; null: something is not as it should be. */
  query: CallQuery | null;
  problems: Partial<Record<keyof BoundsDraft, string>>;
};

/** What the fields show of a view. */
export function draftOf({ span, filter }: CallQuery): BoundsDraft {
  const isBetween = typeof span !== "string";
  return {
    costMin: filter.costMin === null ? "" : toUsdText(filter.costMin),
    costMax: filter.costMax === null ? "" : toUsdText(filter.costMax),
    tokensMin: String(filter.tokensMin ?? ""),
    tokensMax: String(filter.tokensMax ?? ""),
    latencyMin: filter.latencyMinMs === null ? "" : String(filter.latencyMinMs / 1_000),
    latencyMax: filter.latencyMaxMs === null ? "" : String(filter.latencyMaxMs / 1_000),
    sessionId: filter.sessionId ?? "",
    from: isBetween ? toLocal(span.start) : "",
    to: isBetween ? toLocal(span.end) : "",
  };
}

/** Reads the fields into the view, or says what is wrong with which. */
export function readBounds(draft: BoundsDraft, query: CallQuery): ReadBounds {
  const problems: ReadBounds["problems"] = {};
  const read = <T>(key: keyof BoundsDraft, parse: (text: string) => T | null, problem: string): T | null => {
    const text = draft[key].trim();
    const value = text === "" ? null : parse(text);
    if (text !== "" && value === null) problems[key] = problem;
    return value;
  };
  const amount = (key: keyof BoundsDraft) => read(key, parseUsd, "Write an amount, such as 0.25.");
  const count = (key: keyof BoundsDraft) => read(key, parseCount, "Write a whole number, such as 150000.");
  const seconds = (key: keyof BoundsDraft) => read(key, parseSeconds, "Write seconds, such as 2.5.");
  const bounds: Partial<CallFilter> = {
    costMin: amount("costMin"),
    costMax: amount("costMax"),
    tokensMin: count("tokensMin"),
    tokensMax: count("tokensMax"),
    latencyMinMs: seconds("latencyMin"),
    latencyMaxMs: seconds("latencyMax"),
    sessionId: draft.sessionId.trim() || null,
  };
  const span = readSpan(draft, query, problems);
  const isFine = Object.keys(problems).length === 0;
  return { query: isFine ? { ...query, span, filter: { ...query.filter, ...bounds } } : null, problems };
}

function readSpan({ from, to }: BoundsDraft, { span }: CallQuery, problems: ReadBounds["problems"]): CallQuery["span"] {
  if (from === "" && to === "") return typeof span === "string" ? span : "7d";
  const [start, end] = [new Date(from), new Date(to)];
  if (Number.isNaN(start.getTime())) problems.from = "Choose a day and a time.";
  else if (Number.isNaN(end.getTime())) problems.to = "Choose a day and a time.";
  else if (start >= end) problems.to = "This has to be after the beginning.";
  else return { start, end };
  return span;
}

function parseCount(text: string): number | null {
  const digits = text.replace(/[, ]/g, "");
  return /^\d{1,9}$/.test(digits) ? Number(digits) : null;
}

function parseSeconds(text: string): number | null {
  return /^\d{1,6}(\.\d{1,3})?$/.test(text) ? Math.round(Number(text) * 1_000) : null;
}

/** As a field for day and time takes it, to the minute. */
function toLocal(at: Date): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
