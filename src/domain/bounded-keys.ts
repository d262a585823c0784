/** Values by key, for so many keys; all further keys share one value. */
export type BoundedKeys<K, V> = {
  of(key: K): V;
  /** Each key with its value; null: that of all the others, once there are any. */
  all(): readonly (readonly [K | null, V])[];
};

/**
 * The first `max` keys that come keep a value of their own for ever, so that what is counted in it never falls. What comes
 * after them is told apart no more: a metric has a bounded number of series, however many agents there are.
 */
export function createBoundedKeys<K, V>(max: number, create: () => V): BoundedKeys<K, V> {
  const own = new Map<K, V>();
  let others: V | null = null;
  return {
    of(key) {
      const known = own.get(key);
      if (known !== undefined) return known;
      if (own.size >= max) {
        others ??= create();
        return others;
      }
      const value = create();
      own.set(key, value);
      return value;
    },
    all: () => [...own, ...(others === null ? [] : [[null, others] as const])],
  };
}
