import { describe, expect, it } from "vitest";

import { createSignsOfLife } from "#gateway/signs-of-life.ts";
import { createSimulatedClock } from "#testing/simulated-clock.ts";

const TIMEOUT_MS = 1_000;

/** A hop whose probes are answered after `answerMs`, or never. */
function watchHop(hop: { answerMs: number | null }) {
  const clock = createSimulatedClock(0);
  const probes: number[] = [];
  const silences: number[] = [];
  const signs = createSignsOfLife({
    timeoutMs: TIMEOUT_MS,
    clock,
    probe: (timeoutMs) =>
      new Promise((resolve) => {
        probes.push(clock.nowMs());
        const { answerMs } = hop;
        const isInTime = answerMs !== null && answerMs <= timeoutMs;
        clock.after(isInTime ? answerMs : timeoutMs, () => resolve(isInTime));
      }),
  });
  /** Goes on in small steps, so that promises are settled in between. */
  const goOnTo = async (atMs: number) => {
    while (clock.nowMs() < atMs) {
      clock.advanceTo(Math.min(clock.nowMs() + 10, atMs));
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    }
  };
  const silent = () => void silences.push(clock.nowMs());
  return { clock, signs, probes, silences, silent, goOnTo };
}

describe("the watch for signs of life", () => {
  it("finds a hop silent that answers neither call nor probe, one time-out after the call was sent", async () => {
    const { signs, silent, probes, silences, goOnTo } = watchHop({ answerMs: null });
    signs.add(silent);
    await goOnTo(3_000);
    expect(probes[0]).toBe(500);
    expect(silences[0]).toBe(1_000);
  });

  it("waits as long as it takes for an answer that is slow, while the hop is alive", async () => {
    const { signs, silent, probes, silences, goOnTo } = watchHop({ answerMs: 20 });
    signs.add(silent);
    await goOnTo(60_000);
    expect(silences).toEqual([]);
    expect(probes.length).toBeGreaterThan(20);
    expect(probes.length).toBeLessThan(32); // about every two times-out, not all the time
  });

  it("asks for no sign where calls get their answers, whichever call's they are", async () => {
    const { signs, silent, probes, goOnTo } = watchHop({ answerMs: null });
    signs.add(silent); // a long one
    for (let atMs = 0; atMs < 20_000; atMs += 400) {
      await goOnTo(atMs);
      signs.note();
    }
    expect(probes).toEqual([]);
  });

  it("asks for nothing and says nothing while no call waits", async () => {
    const { signs, silent, probes, silences, goOnTo } = watchHop({ answerMs: null });
    for (let call = 0; call < 10; call += 1) {
      const waiting = signs.add(silent);
      await goOnTo(call * 600 + 100);
      signs.note();
      signs.remove(waiting);
      await goOnTo((call + 1) * 600);
    }
    await goOnTo(30_000);
    expect({ probes, silences }).toEqual({ probes: [], silences: [] });
  });

  it("finds it silent within a time-out for a new call, also while an old one is known to be worked on", async () => {
    const hop: { answerMs: number | null } = { answerMs: 20 };
    const { signs, silent, silences, goOnTo } = watchHop(hop);
    signs.add(silent);
    await goOnTo(600); // the old call's probe has been answered
    hop.answerMs = null;
    await goOnTo(700);
    signs.add(silent);
    await goOnTo(5_000);
    expect(silences[0]).toBe(1_700);
  });

  it("takes a probe that is answered too late for none", async () => {
    const { signs, silent, silences, goOnTo } = watchHop({ answerMs: 501 });
    signs.add(silent);
    await goOnTo(1_100);
    expect(silences).toEqual([1_000]);
  });

  it("tells every call that waits, and none that has gone, whatever the order in which they go", async () => {
    const { clock, signs, goOnTo } = watchHop({ answerMs: null });
    const told: number[] = [];
    const calls = Array.from({ length: 8 }, (_, at) => signs.add(() => told.push(at)));
    for (const at of [0, 3, 7, 4, 3]) signs.remove(calls[at] ?? signs.add(() => undefined));
    await goOnTo(1_500);
    expect([told, clock.nowMs()]).toEqual([[1, 2, 5, 6], 1_500]);
  });

  it("stops", async () => {
    const { signs, silent, probes, goOnTo } = watchHop({ answerMs: null });
    signs.add(silent);
    signs.stop();
    await goOnTo(5_000);
    expect(probes).toEqual([]);
  });
});
