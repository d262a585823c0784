/** A value of a table. Null is unknown: an empty cell. */
export type CsvValue = string | number | bigint | boolean | Date | null;

/**
 * One line of comma-separated values (RFC 4180), with its line end. Text that a spreadsheet would take for a formula is led by an
 * apostrophe, which makes it text there as well; numbers stay numbers. Pure.
 */
export function csvLine(values: readonly CsvValue[]): string {
  return `${values.map(toCell).join(",")}\r\n`;
}

/** What spreadsheets begin a formula with, and what they skip before they look. */
const FORMULA = /^(?:[\t\r\n]|\s*[=+\-@＝＋－＠])/u;

function toCell(value: CsvValue): string {
  if (value === null) return "";
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== "string") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n\t;]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}
