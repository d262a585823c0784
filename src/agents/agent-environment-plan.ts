import { BASE_URL, CREDENTIAL, CUSTOM_HEADERS, type RoutingVariables } from "#agents/agent-environment.ts";
import { headerIn, headerNames, withHeader, withoutHeader } from "#agents/custom-headers.ts";

/**
 * One variable of a container's environment that routing adds (`before` null), changes, or removes (`after` null).
 * `index` is its place in the list before. Holds secrets: people are shown `previewChange`.
 */
export type EnvironmentChange = { name: string; before: string | null; after: string | null; index: number };

export type RoutingPlan = { next: string[]; changes: EnvironmentChange[] };

const OPEN_VALUE = new RegExp(
  `^(${BASE_URL}|CLAUDE_CODE_[A-Z_]+|DISABLE_[A-Z_]+|OTEL_(METRICS_EXPORTER|LOGS_EXPORTER|EXPORTER_OTLP_PROTOCOL|RESOURCE_ATTRIBUTES))$`,
);

/**
 * The least change to a container's list of `NAME=value` entries that routes it. Other entries, their order, and other
 * lines of ANTHROPIC_CUSTOM_HEADERS stay as they are. Of a name that is there twice the last counts, as in a container.
 */
export function planRouting(environment: readonly string[], desired: RoutingVariables): RoutingPlan {
  const next: (string | null)[] = [...environment];
  const changes: EnvironmentChange[] = [];
  const change = (name: string, index: number, after: string | null) => {
    const before = index < environment.length ? textOf(environment[index]) : null;
    if (before === after) return;
    changes.push({ name, before, after, index });
    next[index] = after === null ? null : `${name}=${after}`;
  };
  if (desired.variables[BASE_URL] === undefined) {
    for (const index of indexesOf(environment, BASE_URL)) change(BASE_URL, index, null);
  }
  for (const [name, value] of Object.entries(desiredValues(environment, desired))) {
    change(name, indexesOf(environment, name).at(-1) ?? next.length, value);
  }
  return { next: next.filter((entry) => entry !== null), changes };
}

/**
 * Takes a plan's changes back. What somebody else has set since then is theirs: it stays, but for our lines among the
 * custom headers. Undoing right after planning gives exactly the list that was planned on.
 */
export function undoRouting(environment: readonly string[], changes: readonly EnvironmentChange[]): string[] {
  const list = [...environment];
  for (const change of changes) undoValue(list, change);
  const removed = changes.filter((change) => change.after === null).sort((a, b) => a.index - b.index);
  const names = new Set(list.map(nameOf));
  for (const { name, before, index } of removed) {
    if (!names.has(name)) list.splice(index, 0, `${name}=${before}`);
  }
  return list;
}

/** Whether an agent that was routed no longer is: its address, its key or its header is not what it should be. */
export function hasLostRouting(environment: readonly string[], desired: RoutingVariables): boolean {
  const isGone = (name: string) => {
    const wanted = desired.variables[name];
    return wanted !== undefined && effective(environment, name) !== wanted;
  };
  const text = effective(environment, CUSTOM_HEADERS) ?? "";
  const headers = Object.entries(desired.headers);
  return isGone(BASE_URL) || isGone(CREDENTIAL) || headers.some(([name, value]) => headerIn(text, name) !== value);
}

/** A change as people may see it: where a text may hold a secret, its length or the names of its headers. */
export function previewChange(change: EnvironmentChange): {
  name: string;
  before: string | null;
  after: string | null;
} {
  const { name } = change;
  return { name, before: previewValue(name, change.before), after: previewValue(name, change.after) };
}

function previewValue(name: string, value: string | null): string | null {
  if (value === null) return null;
  if (name === CUSTOM_HEADERS)
    return headerNames(value)
      .map((header) => `${header}: •••`)
      .join("\n");
  const hidesSecret = name === BASE_URL && /@|\/a\//.test(value);
  return OPEN_VALUE.test(name) && !hidesSecret ? value : "•••";
}

/** The variables to be set, with the custom headers as one of them. */
function desiredValues(
  environment: readonly string[],
  { variables, headers }: RoutingVariables,
): Record<string, string> {
  if (Object.keys(headers).length === 0) return { ...variables };
  const text = effective(environment, CUSTOM_HEADERS) ?? "";
  const next = Object.entries(headers).reduce((lines, [name, value]) => withHeader(lines, name, value), text);
  return { ...variables, [CUSTOM_HEADERS]: next };
}

/** Puts back one value that is still ours. Removed entries are not looked at. */
function undoValue(list: string[], { name, before, after }: EnvironmentChange): void {
  if (after === null) return;
  const index = indexesOf(list, name).findLast((candidate) => textOf(list[candidate]) === after);
  if (index !== undefined) replaceAt(list, index, before === null ? null : `${name}=${before}`);
  else if (name === CUSTOM_HEADERS) undoHeaders(list, before ?? "", after);
}

/** The text was changed by others: only our own lines go, and what they had replaced comes back. */
function undoHeaders(list: string[], before: string, after: string): void {
  const index = indexesOf(list, CUSTOM_HEADERS).at(-1);
  if (index === undefined) return;
  const current = textOf(list[index]) ?? "";
  const restored = headerNames(after).reduce((text, header) => {
    const [earlier, ours] = [headerIn(before, header), headerIn(after, header)];
    if (earlier === ours || headerIn(text, header) !== ours) return text;
    return earlier === null ? withoutHeader(text, header) : withHeader(text, header, earlier);
  }, current);
  replaceAt(list, index, restored === "" ? null : `${CUSTOM_HEADERS}=${restored}`);
}

function replaceAt(list: string[], index: number, entry: string | null): void {
  list.splice(index, 1, ...(entry === null ? [] : [entry]));
}

function effective(environment: readonly string[], name: string): string | null {
  return textOf(environment[indexesOf(environment, name).at(-1) ?? -1]);
}

/** Entries without `=` take a variable of the image away: they have no value and are nobody's to change. */
function indexesOf(environment: readonly string[], name: string): number[] {
  return environment.flatMap((entry, index) => (entry.startsWith(`${name}=`) ? [index] : []));
}

function nameOf(entry: string): string {
  return entry.slice(0, Math.max(entry.indexOf("="), 0));
}

function textOf(entry: string | undefined): string | null {
  return entry === undefined ? null : entry.slice(entry.indexOf("=") + 1);
}
