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
