/** A setting, a lock, a port, a database: one line that a person can act on. Of a fault in the program, everything. */
export function explainStart(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "ConfigError") return error.message;
  // Several addresses that refuse are one error without a message.
  return "code" in error ? error.message || String(error.code) : (error.stack ?? error.message);
}
