/**
 * How much of a call Helicone is given when it is told of it afterwards. `metadata`: model, tokens, times, status and
 * whose it was. `redacted`: the texts besides, without what looks like a secret. `full`: the texts as they are.
 */
export const LOG_CONTENTS = ["metadata", "redacted", "full"] as const;
export type LogContent = (typeof LOG_CONTENTS)[number];

/** What holds where nobody has chosen. */
export const DEFAULT_LOG_CONTENT: LogContent = "metadata";

/** The setting that holds the fleet's choice, as a JSON text; the gateway hears of its changes. */
export const LOG_CONTENT_SETTING = "helicone_log_content";

/**
 * What Helicone is still to be told of a finished call. `ask-first`: it may have seen the call on its way through, so it is
 * asked before it is told, and then told the metadata. Null, where this is held: nothing.
 */
export type HeliconeDue = LogContent | "ask-first";

/** The one that gives less away. */
export function lesserContent(one: LogContent, other: LogContent): LogContent {
  return LOG_CONTENTS.indexOf(one) < LOG_CONTENTS.indexOf(other) ? one : other;
}

/** What a gateway says of its way to Helicone, as of a few seconds ago. Instants are ISO texts, as JSON has them. */
export type HeliconeReport = {
  mode: "log" | "proxy";
  /** Whether calls go through Helicone; null: they are not meant to. */
  breaker: { state: "closed" | "open" | "half_open"; since: string; reason: string | null } | null;
  /** Null: not counted yet. */
  backlog: {
    /** Calls that Helicone is still to be told of, and since when the oldest of them waits. */
    waiting: number;
    oldestAt: string | null;
    /** Of these: Helicone may have them, and is asked first. */
    unsure: number;
    /** Calls besides that Helicone did not take, however often. */
    rejected: number;
    /** Nothing gets through, since when, and why. */
    failing: boolean;
    failingSince: string | null;
    lastError: string | null;
  } | null;
  /** Bodies that wait on the gateway's disk; `dropped` since it started, for want of room. */
  spool: { bytes: number; limitBytes: number; dropped: number };
};
