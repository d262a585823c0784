import { DomainError } from "#domain/errors.ts";

/** `focus`: costs in the columns of FOCUS 1.2. */
export type ExportFormat = "csv" | "focus";

/**
 * The format that an address asks for; CSV unless it says so.
 * @throws DomainError invalid_input
 */
export function toFormat(text: string | null): ExportFormat {
  if (text === null || text === "csv") return "csv";
  if (text === "focus") return "focus";
  throw new DomainError("invalid_input", "The format is csv or focus.");
}
