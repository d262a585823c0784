/** Ends a call from outside, saying why. */
export type Abandon = (errorType: string) => void;

/** The calls whose answer is under way. */
export type InFlight = {
  /** Takes a call in; returns its place. */
  add(abandon: Abandon): number;
  /** Frees a place: the call has ended. */
  remove(place: number): void;
  abandonAll(errorType: string): void;
};

/**
 * Keeps the calls in places that are used again, and not in a Set: a Set that calls enter and leave without end
 * outgrows one table after another, and each old table keeps the calls of its time, bodies and all, until the next
 * full garbage collection.
 */
export function createInFlight(): InFlight {
  const places: (Abandon | null)[] = [];
  const free: number[] = [];
  return {
    add(abandon) {
      const place = free.pop() ?? places.length;
      places[place] = abandon;
      return place;
    },
    remove(place) {
      places[place] = null;
      free.push(place);
    },
    abandonAll(errorType) {
      for (const abandon of places.slice()) abandon?.(errorType);
    },
  };
}
