export type JsonObject = Record<string, unknown>;

/** The value as an object, or an empty one: what others wrote is read leniently. */
export function toObject(value: unknown): JsonObject {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as JsonObject) : {}; // checked on the line above
}

/** The value as a list, or an empty one. */
export function toList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value if it is a text, else null. */
export function toText(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** The value if it is a number that can be counted with, else null. */
export function toNumber(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** The parsed text, or undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
