import type { LogContent } from "#domain/helicone-log.ts";

/** What Helicone is told of a call, in words. */
export const LOG_CONTENT_WORDS: Record<LogContent, { label: string; sends: string }> = {
  metadata: {
    label: "Metadata",
    sends: "Sent: model, tokens, times, status, session, and whose call it was. No texts.",
  },
  redacted: {
    label: "Redacted texts",
    sends: "Sent besides: prompts and answers, with what looks like a key, token or password blanked out.",
  },
  full: { label: "Full texts", sends: "Sent besides: prompts and answers as they are." },
};

/** What asking for a choice is to say before it is made. */
export function contentConsequence(content: LogContent): string {
  switch (content) {
    case "metadata":
      return "From now on no prompt and no answer is sent to Helicone. What it has been given already stays there.";
    case "redacted":
      return "From now on Helicone is given what agents read and write, without what looks like a secret.";
    case "full":
      return "From now on Helicone is given whatever agents read and write: files, mails, credentials.";
  }
}
