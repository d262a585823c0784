import { DomainError } from "#domain/errors.ts";

/** What is said of a key that Helicone knows, and that may not ask what was asked; and of one that it does not know. */
export const MAY_NOT_READ = "Helicone says that this key may not read.";
export const UNKNOWN_KEY = "Helicone does not know this key.";

/** An answer of Helicone's as it came. */
export type RawAnswer = { status: number; contentType: string; text: string };

/**
 * What an answer says, or what is wrong. Helicone answers errors with 200 and 201 as well, failed sessions and dead
 * databases with 401, and questions it does not understand with a page.
 * @throws DomainError "unavailable" with a reason for people
 */
export function readAnswer(answer: RawAnswer): unknown {
  const { status, contentType, text } = answer;
  if (!contentType.includes("json")) throw unavailable(pageReason(answer));
  const body = parse(text);
  const error = typeof body === "object" && body !== null && "error" in body ? body.error : null;
  if (typeof error === "string" && error !== "") throw unavailable(errorReason(status, error));
  if (status === 401) throw unavailable(MAY_NOT_READ);
  if (status < 200 || status > 299) throw unavailable(`Helicone answers ${status}.`);
  return typeof body === "object" && body !== null && "data" in body ? body.data : body;
}

/** @returns an error that says why Helicone could not be asked */
export function unavailable(reason: string): DomainError {
  return new DomainError("unavailable", reason);
}

const REASON_LENGTH_MAX = 160;

function errorReason(status: number, error: string): string {
  if (status === 401 && /ECONN|ETIMEDOUT/.test(error)) return "Helicone's PostgreSQL does not answer.";
  if (error.includes("No API key found")) return UNKNOWN_KEY;
  if (error === "Invalid session") return "Helicone does not know this session.";
  if (/ECONN|ETIMEDOUT/.test(error)) return "Helicone's ClickHouse does not answer.";
  return `Helicone says: ${error.slice(0, REASON_LENGTH_MAX)}`;
}

function pageReason({ status, contentType, text }: RawAnswer): string {
  if (status === 204 || (status === 200 && text === "")) return "Helicone answers nothing where something was asked.";
  const isPage = contentType.includes("html");
  if (status === 400 && isPage) return "Helicone did not understand the question: it may be of another version.";
  return `Not Helicone's API answers there, but ${isPage ? "a page" : "something else"} (status ${status}).`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unavailable("Helicone's answer is cut or no JSON.");
  }
}
