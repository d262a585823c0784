/** Runs what is asked about one thing one after the other; what is about different things runs side by side. */
export type SerialByKey = <T>(key: string, run: () => Promise<T>) => Promise<T>;

/** Makes a queue per key. A failure is its caller's alone: the next one in the queue runs. */
export function createSerialByKey(): SerialByKey {
  const tails = new Map<string, Promise<unknown>>();
  return (key, run) => {
    const before = tails.get(key) ?? Promise.resolve();
    const result = before.then(run, run);
    const tail = result
      .catch(() => undefined)
      .then(() => {
        if (tails.get(key) === tail) tails.delete(key);
      });
    tails.set(key, tail);
    return result;
  };
}
