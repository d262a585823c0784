import type { SecretMask } from "#domain/secret-mask.ts";

/** What stands at the end of a line that was too long. */
export const CUT_MARK = "…";

/** A line of an agent's output without the agent's secrets, also without the part of one that was cut with the line. */
export function maskedLine(line: string, mask: SecretMask): string {
  return line.endsWith(CUT_MARK) ? `${mask.cut(line.slice(0, -CUT_MARK.length))}${CUT_MARK}` : mask.text(line);
}

/** Lines of an agent's output without the agent's secrets. */
export async function* maskedLines(lines: AsyncIterable<string>, mask: SecretMask): AsyncGenerator<string> {
  for await (const line of lines) yield maskedLine(line, mask);
}
