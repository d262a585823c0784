/**
 * The items whose name has the text in it, whatever the case: those first that have it nearest to their beginning,
 * otherwise in the order given. Without a text, all of them.
 */
export function bestMatches<T>(items: readonly T[], text: string, nameOf: (item: T) => string): T[] {
  const wanted = text.trim().toLowerCase();
  return items
    .map((item) => ({ item, at: nameOf(item).toLowerCase().indexOf(wanted) }))
    .filter(({ at }) => at >= 0)
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
