export type LoopTurn<T> = {
  add(item: T): void;
  /** Hands on what is there now, instead of at the end of the turn. */
  flush(): void;
};

/** Collects what comes in one turn of the event loop, and hands it on together when the turn ends. */
export function collectTurn<T>(handOn: (items: readonly T[]) => void): LoopTurn<T> {
  let items: T[] = [];
  const flush = () => {
    if (items.length === 0) return;
    const taken = items;
    items = [];
    handOn(taken);
  };
  return {
    add(item) {
      if (items.length === 0) setImmediate(flush);
      items.push(item);
    },
    flush,
  };
}
