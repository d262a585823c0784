import pino, { type Logger } from "pino";

import { currentRequestId } from "#request-id.ts";

export type Log = Logger;

const SECRET_FIELDS = [
  "authorization",
  "x-api-key",
  "x-trinity-agent",
  "cookie",
  "set-cookie",
  "password",
  "token",
  "apiKey",
  "databaseUrl",
];

/**
 * The log of one process: JSON lines on standard output, one object per event. Fields that hold secrets are
 * masked at the top level and one level down; nothing else may put a secret into a message. What is written for a request carries
 * its id.
 */
export function createLog(name: string, level: string): Log {
  const paths = SECRET_FIELDS.flatMap((field) => [`["${field}"]`, `*["${field}"]`]);
  const mixin = () => {
    const requestId = currentRequestId();
    return requestId === null ? {} : { requestId };
  };
  return pino({ name, level, mixin, redact: { paths, censor: "[redacted]" }, serializers: { err: describeError } });
}

/**
 * What an error is and where it arose. Not the objects that libraries hang on it: PostgreSQL's have the whole
 * connection with its keys, and the row that was refused.
 */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name: type, message, stack, cause } = error;
  const code = "code" in error ? error.code : undefined;
  return { type, code, message, stack, cause: cause === undefined ? undefined : describeError(cause) };
}
