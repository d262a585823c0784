import type { TokenUsage } from "#domain/token-usage.ts";
import type { OpenCall, SettledCall } from "#ledger/call-record.ts";

/** What the upstream said of a call before its answer was complete. */
export type ReportedStart = { id: string; model: string | null; usage: TokenUsage };

/** One line of the journal. Every line stands alone: a settled line is the whole row of the ledger. */
export type JournalLine =
  | { kind: "open"; call: OpenCall }
  | { kind: "started"; start: ReportedStart }
  | { kind: "settled"; call: SettledCall };

/** The line's text, ending in a newline. Amounts are decimal strings, instants ISO 8601. */
export function formatLine(line: JournalLine): string {
  const storable =
    line.kind === "settled" ? { ...line, call: { ...line.call, listCost: line.call.listCost.toString() } } : line;
  return `${JSON.stringify(storable)}\n`;
}

/** Reads a line back; null when it is damaged. */
export function parseLine(text: string): JournalLine | null {
  try {
    const line = asLine(JSON.parse(text));
    if (line.kind === "started") return line;
    const admittedAt = new Date(line.call.admittedAt);
    if (line.kind === "open") return { kind: "open", call: { ...line.call, admittedAt } };
    // Lines that an older gateway has left say nothing of Helicone.
    const { listCost, helicone = null } = line.call;
    return { kind: "settled", call: { ...line.call, admittedAt, listCost: BigInt(listCost), helicone } };
  } catch {
    return null;
  }
}

/** The journal is written by `formatLine` alone, so what parses has its shape (dates and amounts still as text). */
function asLine(parsed: unknown): JournalLine {
  return parsed as JournalLine;
}
