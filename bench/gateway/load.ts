import type { BenchProcess } from "./bench-process.ts";
import type { ObservedTurn, TurnOrder } from "./turn.ts";

export type Load = {
  /** Has the load process make one turn's calls. Rejects when that process ends meanwhile. */
  run(order: TurnOrder): Promise<ObservedTurn>;
};

/** Talks to the load process, which takes one order at a time. */
export function createLoad({ child }: BenchProcess): Load {
  return {
    run: (order) =>
      new Promise((resolve, reject) => {
        const lost = () => reject(new Error("The load generator has ended"));
        child.once("exit", lost);
        child.once("message", (turn: ObservedTurn) => {
          child.off("exit", lost);
          resolve(turn);
        });
        child.send(order);
      }),
  };
}
