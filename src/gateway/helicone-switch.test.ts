import { describe, expect, it } from "vitest";

import type { ProbeResult } from "#gateway/helicone-probe.ts";
import { createHeliconeSwitch } from "#gateway/helicone-switch.ts";
import type { Clock } from "#limits/turns.ts";
import { createLog } from "#log.ts";
import { createSimulatedClock, type SimulatedClock } from "#testing/simulated-clock.ts";

const DEAD: ProbeResult = { isAlive: false, reason: "still down" };

function openSwitch(clock: SimulatedClock, timers: Clock = clock) {
  const hop = { result: DEAD };
  const probedAtMs: number[] = [];
  const openedAtMs: number[] = [];
  const lines: string[] = [];
  const log = createLog("test", "silent");
  log.warn = (_fields: unknown, text?: string) => void lines.push(text ?? "");
  log.info = (_fields: unknown, text?: string) => void lines.push(text ?? "");
  const breaker = createHeliconeSwitch({
    clock: timers,
    probe: async () => {
      probedAtMs.push(clock.nowMs());
      return hop.result;
    },
    onOpened: () => void openedAtMs.push(clock.nowMs()),
    log,
  });
  const goOnTo = async (atMs: number) => {
    while (clock.nowMs() < atMs) {
      clock.advanceTo(Math.min(clock.nowMs() + 100, atMs));
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    }
  };
  const fail = () => breaker.tell({ kind: "call_failed", openings: breaker.way().openings, reason: "it is down" });
  return { breaker, hop, probedAtMs, openedAtMs, lines, goOnTo, fail };
}

describe("the switch between the way through Helicone and around it", () => {
  it("probes after 2 s, then twice as late each time, while calls go around", async () => {
    const { breaker, probedAtMs, goOnTo, fail } = openSwitch(createSimulatedClock(0));
    fail();
    await goOnTo(35_000);
    expect(probedAtMs).toEqual([2_000, 6_000, 14_000, 30_000]);
    expect(breaker.way().way).toBe("around");
  });

  it("probes also where a timer rings a little early", async () => {
    const clock = createSimulatedClock(0);
    const early: Clock = {
      nowMs: clock.nowMs,
      after: (delayMs, run) => clock.after(delayMs > 1 ? delayMs - 1 : delayMs, run),
    };
    const { probedAtMs, goOnTo, fail } = openSwitch(clock, early);
    fail();
    await goOnTo(10_000);
    expect(probedAtMs).toEqual([2_000, 6_000]);
  });

  it("lets one call through when a probe has passed, and all once that is answered", async () => {
    const { breaker, hop, goOnTo, fail } = openSwitch(createSimulatedClock(0));
    fail();
    hop.result = { isAlive: true };
    await goOnTo(2_500);
    const trial = breaker.way();
    expect(trial.way).toBe("through");
    expect(breaker.way().way).toBe("around");
    breaker.tell({ kind: "call_answered", openings: trial.openings });
    expect(breaker.way().way).toBe("through");
  });

  it("writes one line when calls begin to go around, and one when they go through again", async () => {
    const { breaker, hop, lines, goOnTo, fail } = openSwitch(createSimulatedClock(0));
    for (let call = 0; call < 5; call += 1) fail();
    await goOnTo(20_000);
    expect(lines).toHaveLength(1);
    expect(breaker.report()).toMatchObject({ since: new Date(0).toISOString(), reason: "still down" });
    hop.result = { isAlive: true };
    await goOnTo(60_000);
    breaker.tell({ kind: "call_answered", openings: breaker.way().openings });
    expect(lines).toEqual([expect.stringContaining("Helicone fails"), expect.stringContaining("Helicone works again")]);
    expect(breaker.report()).toMatchObject({ state: "closed", reason: null });
  });

  it("sends calls around when Helicone was found not to keep them, says so once, and lets them through when it keeps them", async () => {
    const { breaker, hop, openedAtMs, lines, goOnTo } = openSwitch(createSimulatedClock(0));
    const before = breaker.way();
    const reason = "Helicone's ClickHouse does not answer.";
    breaker.tell({ kind: "keeping_failed", reason });
    breaker.tell({ kind: "keeping_failed", reason });
    expect(breaker.report()).toMatchObject({ state: "open", reason });
    expect(breaker.way().way).toBe("around");
    breaker.tell({ kind: "call_completed", openings: before.openings }); // of a call that passed meanwhile
    expect(breaker.way().way).toBe("around");
    expect([breaker.openings(), openedAtMs]).toEqual([1, [0]]);
    await goOnTo(10_000); // two probes find it as it was
    expect(openedAtMs).toEqual([0]);
    hop.result = { isAlive: true };
    await goOnTo(15_000);
    breaker.tell({ kind: "call_answered", openings: breaker.way().openings });
    expect(breaker.way().way).toBe("through");
    expect(lines).toHaveLength(2);
  });

  it("probes no more when it is stopped", async () => {
    const { breaker, probedAtMs, goOnTo, fail } = openSwitch(createSimulatedClock(0));
    fail();
    breaker.stop();
    await goOnTo(60_000);
    expect(probedAtMs).toEqual([]);
  });
});
