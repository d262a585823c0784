import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Journal } from "#gateway/journal.ts";
import { createJournalDrain } from "#gateway/journal-drain.ts";
import type { SettledCall } from "#ledger/call-record.ts";
import { callId, SILENT, settledCall } from "#testing/calls.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A journal in memory, batches of three, and a ledger whose next writes fail as told. */
function setUp(failures: unknown[] = []) {
  const waiting: SettledCall[] = [];
  const written: string[] = [];
  const rejected: string[] = [];
  const happened: string[] = [];
  const journal: Journal = {
    open: () => undefined,
    started: () => undefined,
    flush: () => undefined,
    settled: (call) => void waiting.push(call),
    read: () => ({ calls: waiting.slice(0, 3), next: { segment: 1, offset: 0 } }),
    acknowledge: ({ calls }) => {
      happened.push(`acknowledge ${calls.length}`);
      waiting.splice(0, calls.length);
    },
    stuckSinceMs: () => null,
    backlog: () => waiting.length,
    lost: [],
    close: () => undefined,
  };
  const writer = {
    record: async (calls: readonly SettledCall[]) => {
      happened.push(`record ${calls.length}`);
      const failure = failures.shift();
      if (failure !== undefined && failure !== null) throw failure;
      written.push(...calls.map((call) => call.id));
      return [];
    },
  };
  const drain = createJournalDrain({
    journal,
    writer,
    log: SILENT,
    onAlert: () => undefined,
    onRejected: (call) => void rejected.push(call.id),
  });
  const settle = (...numbers: number[]) => {
    for (const number of numbers) journal.settled(settledCall(number));
    drain.wake();
  };
  return { drain, settle, waiting, written, rejected, happened };
}

const UNREACHABLE = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
const NOT_TAKEN = Object.assign(new Error("out of range"), { code: "22003" });

describe("the drain", () => {
  it("writes what was settled within a moment, several calls together, and acknowledges it afterwards", async () => {
    const { settle, written, happened } = setUp();
    settle(1);
    settle(2);
    await vi.advanceTimersByTimeAsync(110);
    expect(written).toEqual([callId(1), callId(2)]);
    expect(happened).toEqual(["record 2", "acknowledge 2"]);
  });

  it("keeps what the ledger does not take, and tries again, ever less often, until it does", async () => {
    const { settle, written, waiting, happened } = setUp(Array(8).fill(UNREACHABLE));
    settle(1, 2);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([written, waiting.length]).toEqual([[], 2]);
    settle(3);
    expect(happened.length).toBeLessThan(6);
    await vi.advanceTimersByTimeAsync(40_000);
    expect(written).toEqual([callId(1), callId(2), callId(3)]);
    expect(happened.filter((step) => step.startsWith("acknowledge"))).toEqual(["acknowledge 3"]);
  });

  it("writes what was settled while it was writing", async () => {
    const { settle, written } = setUp();
    settle(1, 2, 3, 4, 5);
    await vi.advanceTimersByTimeAsync(101);
    settle(6);
    await vi.advanceTimersByTimeAsync(150);
    expect(written).toHaveLength(6);
  });

  it("sets aside the one call that PostgreSQL will never take, and writes the others", async () => {
    const { settle, written, rejected, waiting } = setUp([NOT_TAKEN, null, NOT_TAKEN, null]);
    settle(1, 2, 3);
    await vi.advanceTimersByTimeAsync(100);
    expect([written, rejected, waiting]).toEqual([[callId(1), callId(3)], [callId(2)], []]);
  });

  it("sets nothing aside for a fault that will pass", async () => {
    const { settle, rejected, written } = setUp([NOT_TAKEN, null, UNREACHABLE]);
    settle(1, 2);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(rejected).toEqual([]);
    expect(written).toEqual([callId(1), callId(1), callId(2)]);
  });

  it("flush tells whether everything is written; a stopped drain does nothing more by itself", async () => {
    const { drain, settle, written } = setUp([UNREACHABLE]);
    await drain.stop();
    settle(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(written).toEqual([]);
    await expect(drain.flush()).rejects.toThrow("ECONNREFUSED");
    await drain.flush();
    expect(written).toEqual([callId(1)]);
  });
});
