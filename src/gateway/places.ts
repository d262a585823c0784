/** Values that come and go, each in a place of its own. */
export type Places<T> = {
  /** Takes a value in; returns its place. */
  add(value: T): number;
  at(place: number): T | null;
  replace(place: number, value: T): void;
  /** Frees a place, to be used again. */
  remove(place: number): void;
  /** What is there now; it may be removed meanwhile. */
  all(): T[];
};

/**
 * Keeps values in places that are used again, and not in a Set or Map: one that values enter and leave without end
 * outgrows table after table, and each old table carries what it held along until the next full garbage collection.
 */
export function createPlaces<T>(): Places<T> {
  const places: (T | null)[] = [];
  const free: number[] = [];
  return {
    add(value) {
      const place = free.pop() ?? places.length;
      places[place] = value;
      return place;
    },
    at: (place) => places[place] ?? null,
    replace(place, value) {
      places[place] = value;
    },
    remove(place) {
      places[place] = null;
      free.push(place);
    },
    all: () => places.filter((value) => value !== null),
  };
}
