import { parseUsd } from "#domain/money.ts";
import { isTimeZone } from "#domain/period.ts";

/**
 * What is wrong with an amount of dollars as typed, as the rest of a sentence that begins with its name ("The daily
 * limit …"); null when it can be used.
 */
export function amountProblem(text: string): string | null {
  return parseUsd(text) === null ? amountAdvice(text.trim()) : null;
}

function amountAdvice(text: string): string {
  if (text === "") return "is empty. Write an amount in dollars such as 10 or 0.25, or choose no limit.";
  if (/[$€£]|usd/i.test(text)) return "takes the number alone: write 10, without a currency.";
  if (/^-/.test(text)) return "cannot be negative.";
  if (/^[\d.]*,[\d.,]*$/.test(text)) return "takes no commas: write 1234.50 for one thousand two hundred and so on.";
  if (/^\d{10,}(\.\d*)?$/.test(text)) return "is too large: at most 999999999 dollars.";
  if (/^\d+\.\d{10,}$/.test(text)) return "has too many decimals: at most 9.";
  return "must be a plain number of dollars such as 10 or 0.25.";
}

const THRESHOLDS_MAX = 10;

/** What is wrong with warning thresholds; null when they can be used. None at all is fine: nobody is warned. */
export function thresholdsProblem(thresholds: readonly number[]): string | null {
  if (thresholds.some((percent) => !Number.isInteger(percent) || percent < 1 || percent > 100)) {
    return "Warnings are whole percents from 1 to 100.";
  }
  if (thresholds.some((percent, index) => index > 0 && percent <= (thresholds[index - 1] ?? 0))) {
    return "Write the warnings in ascending order, each of them once.";
  }
  return thresholds.length > THRESHOLDS_MAX ? `There can be at most ${THRESHOLDS_MAX} warnings.` : null;
}

/** What is wrong with the name of a time zone; null for an IANA name that this machine knows. */
export function timeZoneProblem(timeZone: string): string | null {
  if (isTimeZone(timeZone)) return null;
  return `There is no time zone "${timeZone}". Write one such as UTC, Europe/Berlin or America/New_York.`;
}

const REASON_MAX = 300;

/** What is wrong with the reason that somebody gives; null when it can be used. `what`: "the pause", "an increase". */
export function reasonProblem(reason: string, what: string): string | null {
  if (reason.trim() === "") return `Give a reason for ${what}: others will read it.`;
  return reason.trim().length > REASON_MAX ? `A reason has at most ${REASON_MAX} characters.` : null;
}

const RATE_MAX = { requests: 1_000_000, tokens: 1_000_000_000 } as const;

/** What is wrong with a limit per minute; null when it can be used. A null limit is "no limit". */
export function rateProblem(unit: "requests" | "tokens", limit: number | null): string | null {
  if (limit === null) return null;
  if (!Number.isInteger(limit))
    return `The ${unit} per minute are a whole number, such as ${unit === "requests" ? "60" : "100000"}.`;
  if (limit < 0) return `The ${unit} per minute cannot be negative.`;
  if (limit === 0) return `At 0 ${unit} a minute nothing would ever pass: to stop the agent, pause it.`;
  if (limit > RATE_MAX[unit]) return `At most ${RATE_MAX[unit].toLocaleString("en-US")} ${unit} per minute.`;
  return null;
}

const POOL_NAME_MAX = 60;

/** What is wrong with the name of a pool; null when it can be used. */
export function poolNameProblem(name: string): string | null {
  const trimmed = name.trim();
  if (trimmed === "") return "Give the pool a name.";
  return trimmed.length > POOL_NAME_MAX ? `A name has at most ${POOL_NAME_MAX} characters.` : null;
}
