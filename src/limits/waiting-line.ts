/** Those who wait for one budget, served agent by agent in turn; of one agent, who came first. */
export type WaitingLine<T> = {
  add(agentId: number, waiter: T): void;
  /** Whose turn it is; null: nobody waits. */
  first(): T | null;
  /** Takes out whose turn it is; the next turn is another agent's, if another one waits. */
  shift(): void;
  remove(agentId: number, waiter: T): void;
  all(): T[];
  size(): number;
};

export function createWaitingLine<T>(): WaitingLine<T> {
  /** In the order of their turns: a Map keeps the order in which its keys came. */
  const byAgent = new Map<number, T[]>();
  let size = 0;
  const firstEntry = () => byAgent.entries().next().value;
  return {
    add(agentId, waiter) {
      size += 1;
      const others = byAgent.get(agentId);
      if (others === undefined) byAgent.set(agentId, [waiter]);
      else others.push(waiter);
    },
    first: () => firstEntry()?.[1][0] ?? null,
    shift() {
      const entry = firstEntry();
      if (entry === undefined) return;
      const [agentId, [, ...others]] = entry;
      size -= 1;
      byAgent.delete(agentId);
      if (others.length > 0) byAgent.set(agentId, others);
    },
    remove(agentId, waiter) {
      const waiters = byAgent.get(agentId);
      const at = waiters?.indexOf(waiter) ?? -1;
      if (waiters === undefined || at < 0) return;
      waiters.splice(at, 1);
      size -= 1;
      if (waiters.length === 0) byAgent.delete(agentId);
    },
    all: () => [...byAgent.values()].flat(),
    size: () => size,
  };
}
