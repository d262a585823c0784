import { describe, expect, it } from "vitest";

import { createHeliconeDoubt } from "#gateway/helicone-doubt.ts";
import { createLog } from "#log.ts";
import { createSimulatedClock } from "#testing/simulated-clock.ts";

function open() {
  const clock = createSimulatedClock(0);
  const ledger = { isDown: false };
  const done: string[] = [];
  const doubts = createHeliconeDoubt({
    flush: async () => {
      if (ledger.isDown) throw new Error("PostgreSQL is away");
      done.push("flushed");
    },
    doubtEndedSince: async (since) => done.push(`since ${since.getTime()}`),
    clock,
    log: createLog("test", "silent"),
  });
  const goOnTo = async (atMs: number) => {
    clock.advanceTo(atMs);
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  return { doubts, ledger, done, goOnTo };
}

describe("calls that Helicone may not have kept", () => {
  it("are noted after the ledger has them", async () => {
    const { doubts, done, goOnTo } = open();
    doubts.doubt(new Date(700));
    await goOnTo(10);
    expect(done).toEqual(["flushed", "since 700"]);
    await goOnTo(100_000);
    expect(done).toHaveLength(2);
  });

  it("are noted when the ledger can be written again, of all doubts since the earliest", async () => {
    const { doubts, ledger, done, goOnTo } = open();
    ledger.isDown = true;
    doubts.doubt(new Date(700));
    await goOnTo(10);
    doubts.doubt(new Date(900));
    await goOnTo(20_000);
    expect(done).toEqual([]);
    ledger.isDown = false;
    await goOnTo(40_000);
    expect(done).toEqual(["flushed", "since 700"]);
  });
});
