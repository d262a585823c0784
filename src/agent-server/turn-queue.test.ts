import { describe, expect, it } from "vitest";

import { createTurnQueue } from "#agent-server/turn-queue.ts";

const never = new AbortController().signal;

describe("the queue of turns", () => {
  it("runs one at a time, in order, and refuses whoever would be one too many", async () => {
    const queue = createTurnQueue(3);
    const order: number[] = [];
    const places = [1, 2, 3, 4].map(async (number) => {
      const leave = await queue.enter(never);
      order.push(number);
      return leave;
    });
    expect(queue.enter(never)).toBeNull();
    expect(queue.load()).toEqual({ active: 1, waiting: 3 });
    for (const [index, place] of places.entries()) {
      const leave = await place;
      await Promise.resolve();
      expect(order).toHaveLength(index + 1);
      leave?.();
    }
    expect(order).toEqual([1, 2, 3, 4]);
    expect(queue.load()).toEqual({ active: 0, waiting: 0 });
    expect(queue.enter(never)).not.toBeNull();
  });

  it("forgets who leaves while waiting, and lets the next one in", async () => {
    const queue = createTurnQueue(3);
    const leave = await queue.enter(never);
    const gone = new AbortController();
    const left = queue.enter(gone.signal);
    const next = queue.enter(never);
    gone.abort("gone");
    await expect(left).rejects.toBe("gone");
    expect(queue.load()).toEqual({ active: 1, waiting: 1 });
    leave?.();
    (await next)?.();
    expect(queue.load()).toEqual({ active: 0, waiting: 0 });
  });

  it("counts a turn's end once, however often it is told", async () => {
    const queue = createTurnQueue(3);
    const leave = await queue.enter(never);
    const second = queue.enter(never);
    const third = queue.enter(never);
    leave?.();
    leave?.();
    await second;
    expect(queue.load()).toEqual({ active: 1, waiting: 1 });
    (await second)?.();
    (await third)?.();
  });

  it("does not let in who has left already", async () => {
    const queue = createTurnQueue(3);
    await expect(queue.enter(AbortSignal.abort("gone"))).rejects.toBe("gone");
    expect(queue.load()).toEqual({ active: 0, waiting: 0 });
  });
});
