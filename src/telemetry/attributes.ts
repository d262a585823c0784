import { z } from "zod";

const anyValue = z.object({
  stringValue: z.string().optional(),
  boolValue: z.boolean().optional(),
  intValue: z.union([z.number(), z.string()]).optional(),
  doubleValue: z.union([z.number(), z.string()]).optional(),
});
export const attributesShape = z.array(z.object({ key: z.string(), value: anyValue.nullish() })).nullish();

export type Attributes = ReadonlyMap<string, string>;
export type GivenAttributes = z.output<typeof attributesShape>;

/** Attributes as texts: versions of Claude Code differ in whether a number is sent as one. Lists and maps are passed over. */
export function toAttributes(...lists: readonly GivenAttributes[]): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const { key, value } of lists.flatMap((list) => list ?? [])) {
    const scalar = value?.stringValue ?? value?.intValue ?? value?.doubleValue ?? value?.boolValue;
    if (scalar !== undefined) attributes.set(key, String(scalar));
  }
  return attributes;
}

/** The same text for the same attributes, in whichever order they came. */
export function identityOf(attributes: Attributes): string {
  return JSON.stringify([...attributes].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
