export type JsonObject = Record<string, unknown>;

/** The value as an object, or an empty one: requests are read leniently, as they come from strangers. */
export function toObject(value: unknown): JsonObject {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as JsonObject) : {}; // checked on the line above
}

/** The value as a list, or an empty one. */
export function toArray(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The parsed text, or undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
