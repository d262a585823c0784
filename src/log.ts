import pino, { type Logger } from "pino";

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
 * masked at the top level and one level down; nothing else may put a secret into a message.
 */
export function createLog(name: string, level: string): Log {
  const paths = SECRET_FIELDS.flatMap((field) => [`["${field}"]`, `*["${field}"]`]);
  return pino({ name, level, redact: { paths, censor: "[redacted]" } });
}
