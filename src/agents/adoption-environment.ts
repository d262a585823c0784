import { createHash } from "node:crypto";

import { z } from "zod";

import { BASE_URL, CUSTOM_HEADERS, type RoutingVariables } from "#agents/agent-environment.ts";
import { headerIn, withHeader, withoutHeader } from "#agents/custom-headers.ts";

/** Docker's list of `NAME=value`, in its order. */
export type Environment = readonly string[];

const routedVariable = z.object({
  name: z.string(),
  /** The container's own value before, to the letter; null: it had none. May be a secret. */
  previous: z.string().nullable(),
  /** Where it stood among the container's own variables, for one that was taken out. */
  index: z.number().int(),
  /** SHA-256 of the value we set; null: we took it out. */
  hash: z.string().nullable(),
  /** Of ANTHROPIC_CUSTOM_HEADERS: SHA-256 of each header's value, by its name. */
  headers: z.record(z.string(), z.string()),
});
const routedVariables = z.array(routedVariable);

/** What routing changed in one container: enough to know it again, and to take it back to the letter. */
export type RoutedVariable = z.output<typeof routedVariable>;

export type RoutedEnvironment = { environment: string[]; routed: RoutedVariable[] };

/** Reads what the database kept. Null is "nothing was changed". */
export function parseRoutedVariables(json: unknown): RoutedVariable[] {
  return json === null || json === undefined ? [] : routedVariables.parse(json);
}

/**
 * The container's own part of its environment: what its image would add by itself is left out, so that a newer image's
 * values apply. Left in where the order would not come back the same.
 */
export function ownEnvironment(environment: Environment, ofImage: Environment): string[] {
  for (let own = 0; own <= environment.length; own += 1) {
    const explicit = environment.slice(0, own);
    if (isSame(mergedEnvironment(explicit, ofImage), environment)) return explicit;
  }
  return [...environment];
}

/**
 * Changes only what routing is about. Order is kept, new variables come last, and lines of others in
 * ANTHROPIC_CUSTOM_HEADERS stay. `keepsBaseUrl`: whoever made it sets the base URL. `own` is the container's own part, `ofImage` what its image brings.
 */
export function routeEnvironment(
  own: Environment,
  ofImage: Environment,
  routing: RoutingVariables & { keepsBaseUrl?: boolean },
): RoutedEnvironment {
  const headerNames = Object.keys(routing.headers);
  const headerText = Object.entries(routing.headers).reduce(
    (text, [name, value]) => withHeader(text, name, value),
    valueIn(own, CUSTOM_HEADERS) ?? valueIn(ofImage, CUSTOM_HEADERS) ?? "",
  );
  const wanted: Record<string, string | null> = {
    ...(routing.keepsBaseUrl ? {} : { [BASE_URL]: null }),
    ...routing.variables,
    ...(headerNames.length > 0 ? { [CUSTOM_HEADERS]: headerText } : {}),
  };
  const environment = [...own];
  const routed: RoutedVariable[] = [];
  for (const [name, value] of Object.entries(wanted)) {
    const previous = valueIn(own, name);
    // Taken out of the container's own, the image's would come through.
    const set = value === null && valueIn(ofImage, name) !== null ? "" : value;
    if (set === previous) continue;
    const headers = name === CUSTOM_HEADERS ? mapValues(routing.headers, hashOf) : {};
    const index = own.findIndex((entry) => nameOf(entry) === name);
    routed.push({ name, previous, index, hash: set === null ? null : hashOf(set), headers });
    setValue(environment, name, set);
  }
  return { environment, routed };
}

/**
 * Takes routing back out. A variable that still has our value gets its previous one, at its previous place; one that
 * somebody has changed since keeps what they made of it, without our headers.
 */
export function restoreEnvironment(own: Environment, routed: readonly RoutedVariable[]): string[] {
  const environment = [...own];
  for (const { name, previous, hash, headers } of routed) {
    const current = valueIn(environment, name);
    if (current === null) continue;
    if (hash !== null && hashOf(current) === hash) setValue(environment, name, previous);
    else if (name === CUSTOM_HEADERS) {
      const text = Object.keys(headers).reduce(withoutHeader, current);
      setValue(environment, name, text === "" ? null : text);
    }
  }
  const takenOut = routed.filter(({ hash, previous }) => hash === null && previous !== null);
  for (const { name, previous, index } of takenOut.toSorted((a, b) => a.index - b.index)) {
    if (valueIn(environment, name) === null) environment.splice(index, 0, `${name}=${previous}`);
  }
  return environment;
}

/** Whether what makes calls go where they should is still there: the base URL, and our headers. Others may change. */
export function isRouted(environment: Environment, routed: readonly RoutedVariable[]): boolean {
  return routed.every(({ name, hash, headers }) => {
    const value = valueIn(environment, name) ?? "";
    if (name === BASE_URL) return hash === null ? value === "" : hashOf(value) === hash;
    return Object.entries(headers).every(([header, expected]) => hashOf(headerIn(value, header) ?? "") === expected);
  });
}

/** SHA-256 over a whole environment, by which a container that was made for it is known. */
export function hashEnvironment(environment: Environment): string {
  const entries = new Map(environment.map((entry) => [nameOf(entry), entry]));
  return hashOf([...entries.values()].toSorted().join("\0"));
}

/** What Docker makes of a container's own part and its image's. */
export function mergedEnvironment(own: Environment, ofImage: Environment): string[] {
  const names = new Set(own.map(nameOf));
  return [...own, ...ofImage.filter((entry) => !names.has(nameOf(entry)))];
}

export function hashOf(value: string): string {
  return createHash("sha256").update(value).digest("hex");
}

/** The value that counts: Docker gives a program the last of several. */
export function valueIn(environment: Environment, name: string): string | null {
  const entry = environment.findLast((candidate) => nameOf(candidate) === name);
  return entry === undefined ? null : entry.slice(name.length + 1);
}

function setValue(environment: string[], name: string, value: string | null): void {
  const index = environment.findLastIndex((entry) => nameOf(entry) === name);
  if (value === null) {
    if (index >= 0) environment.splice(index, 1);
  } else if (index >= 0) environment[index] = `${name}=${value}`;
  else environment.push(`${name}=${value}`);
}

function nameOf(entry: string): string {
  const end = entry.indexOf("=");
  return end < 0 ? entry : entry.slice(0, end);
}

function isSame(a: Environment, b: Environment): boolean {
  return a.length === b.length && a.every((entry, index) => entry === b[index]);
}

function mapValues(record: Readonly<Record<string, string>>, map: (value: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
