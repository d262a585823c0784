import { hashOf, type RoutedVariable } from "#agents/adoption-environment.ts";
import { BASE_URL } from "#agents/agent-environment.ts";

/** Where newer generations of Trinity read variables from whenever they start Claude Code. */
export const WORKSPACE_ENV = "/home/developer/.env";

const ASSIGNMENT = new RegExp(`^\\s*(export\\s+)?${BASE_URL}\\s*=`);

/** The text of an `.env` file with the address in it, and what was changed: enough to take it back to the letter. */
export function withBaseUrl(text: string, url: string): { text: string; routed: RoutedVariable[] } {
  const lines = text.split("\n");
  const line = `${BASE_URL}=${url}`;
  const routed = lines.flatMap((previous, index): RoutedVariable[] =>
    ASSIGNMENT.test(previous) ? [{ name: BASE_URL, previous, index, hash: null, headers: {} }] : [],
  );
  const kept = lines.filter((candidate) => !ASSIGNMENT.test(candidate));
  const end = kept.at(-1) === "" ? kept.length - 1 : kept.length;
  kept.splice(end, 0, line);
  routed.push({ name: BASE_URL, previous: null, index: end, hash: hashOf(line), headers: {} });
  return { text: kept.join("\n"), routed };
}

/** Takes our line out again and puts theirs back in their places; lines that others have changed since stay. */
export function withoutBaseUrl(text: string, routed: readonly RoutedVariable[]): string {
  const hashes = new Set(routed.map(({ hash }) => hash));
  const lines = text.split("\n").filter((line) => !hashes.has(hashOf(line)));
  const isTheirs = lines.some((line) => ASSIGNMENT.test(line));
  if (isTheirs) return lines.join("\n");
  for (const { previous, index } of routed) if (previous !== null) lines.splice(index, 0, previous);
  return lines.join("\n");
}

/** Whether our line is there, and nothing after or before it says otherwise. */
export function hasBaseUrl(text: string, routed: readonly RoutedVariable[]): boolean {
  const hashes = new Set(routed.map(({ hash }) => hash));
  const assignments = text.split("\n").filter((line) => ASSIGNMENT.test(line));
  return assignments.length > 0 && assignments.every((line) => hashes.has(hashOf(line)));
}

/** The agent's key in our line; null where there is none. */
export function keyInBaseUrl(text: string): string | null {
  const line = text.split("\n").findLast((candidate) => ASSIGNMENT.test(candidate));
  return line === undefined ? null : (/\/a\/(tvk_[\w-]+)$/.exec(line)?.[1] ?? null);
}
