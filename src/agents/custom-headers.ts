/**
 * The text of ANTHROPIC_CUSTOM_HEADERS: one `Name: value` per line. Claude Code ignores lines without a colon, takes
 * names without regard to case, and of two equal names the last. Everything that is not asked about stays as it is.
 */

/** The value that counts for `name`, trimmed; null when there is none. */
export function headerIn(text: string, name: string): string | null {
  const line = text.split("\n").findLast((candidate) => isHeader(candidate, name));
  return line === undefined ? null : line.slice(line.indexOf(":") + 1).trim();
}

/** The text with the header set: in the place of its first line, or in a new last one. */
export function withHeader(text: string, name: string, value: string): string {
  const line = `${name}: ${value}`;
  if (headerIn(text, name) === null) {
    const separator = text === "" || text.endsWith("\n") ? "" : "\n";
    return `${text}${separator}${line}`;
  }
  const lines = text.split("\n");
  const first = lines.findIndex((candidate) => isHeader(candidate, name));
  const carriageReturn = lines[first]?.endsWith("\r") ? "\r" : "";
  return lines
    .map((candidate, index) => (index === first ? line + carriageReturn : candidate))
    .filter((candidate, index) => index === first || !isHeader(candidate, name))
    .join("\n");
}

/** The text without any line of the header. */
export function withoutHeader(text: string, name: string): string {
  return text
    .split("\n")
    .filter((line) => !isHeader(line, name))
    .join("\n");
}

/** The names in the text, in order. */
export function headerNames(text: string): string[] {
  return text.split("\n").flatMap((line) => (line.includes(":") ? [nameOf(line)] : []));
}

function isHeader(line: string, name: string): boolean {
  return line.includes(":") && nameOf(line).toLowerCase() === name.toLowerCase();
}

function nameOf(line: string): string {
  return line.slice(0, line.indexOf(":")).trim();
}
