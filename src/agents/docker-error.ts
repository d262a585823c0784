import { DomainError } from "#domain/errors.ts";

const MESSAGE_MAX = 300;
const NO_CONNECTION = new Set(["ECONNREFUSED", "ECONNRESET", "ENOENT", "EACCES", "EPIPE", "ENOTFOUND", "ETIMEDOUT"]);
/** Keys of ours and Anthropic's, and values of variables that are named like secrets. */
const SECRETS = /\b(tvk_|sk-ant-)[\w-]+|\b(\w*(?:KEY|TOKEN|SECRET|PASSWORD|HEADERS)\w*)=\S+/gi;

/** A refusal or failure of the engine as one of our errors. What looks like a secret in its words is masked. */
export function dockerError(error: unknown, where: string): Error {
  if (!(error instanceof Error) || error instanceof DomainError)
    return error instanceof Error ? error : new Error(String(error));
  if (statusOf(error) === 304) return error;
  const code = "code" in error ? String(error.code) : "";
  if (NO_CONNECTION.has(code)) {
    const reason = code === "EACCES" ? "this user may not speak to it" : "is it running?";
    return new DomainError("unavailable", `The Docker engine at ${where} does not answer: ${reason}`);
  }
  const words = masked(wordsOf(error));
  switch (statusOf(error)) {
    case 404:
      return /no such image/i.test(words)
        ? new DomainError("unavailable", `Docker has no such image. Build or pull it first. (${words})`)
        : new DomainError("not_found", `Docker: ${words}`);
    case 409:
      return new DomainError("conflict", `Docker: ${words}`);
    default:
      return new DomainError("unavailable", `Docker: ${words}`);
  }
}

/** Whether the engine answered with this status. */
export function isStatus(error: unknown, status: number): boolean {
  return statusOf(error) === status;
}

function statusOf(error: unknown): number | null {
  return error instanceof Error && "statusCode" in error && typeof error.statusCode === "number"
    ? error.statusCode
    : null;
}

/** The engine's own sentence, without the client's words around it. */
function wordsOf(error: Error): string {
  const json: unknown = "json" in error ? error.json : null;
  const message: unknown = json !== null && typeof json === "object" && "message" in json ? json.message : null;
  return typeof message === "string" ? message : error.message;
}

function masked(words: string): string {
  const text = words.replace(SECRETS, (_match, prefix, name) => (name ? `${name}=***` : `${prefix}***`));
  return text.length > MESSAGE_MAX ? `${text.slice(0, MESSAGE_MAX)}…` : text;
}
