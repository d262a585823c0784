import { describe, expect, it } from "vitest";

import { createRepetitionLog, REPETITION_MS } from "#domain/repetition.ts";

const NOW = Date.UTC(2026, 10, 24, 10, 0);

describe("createRepetitionLog", () => {
  it("counts the same request, this time included, and no other", () => {
    const log = createRepetitionLog();
    const times = [7, 7, 8, 7, 8].map((fingerprint, second) => log.note(fingerprint, NOW + second * 1_000));
    expect(times).toEqual([1, 2, 1, 3, 2]);
  });

  it("forgets after ten minutes to the millisecond", () => {
    const log = createRepetitionLog();
    log.note(7, NOW);
    expect(log.note(7, NOW + REPETITION_MS - 1)).toBe(2);
    expect(log.note(7, NOW + REPETITION_MS)).toBe(2);
    expect(log.note(7, NOW + 3 * REPETITION_MS)).toBe(1);
  });

  it("an agent that never repeats itself is never told so, and takes no more room", () => {
    const log = createRepetitionLog();
    for (let request = 0; request < 10_000; request += 1) expect(log.note(request, NOW + request)).toBe(1);
  });

  it("a request whose fingerprint is 0 counts like any other", () => {
    expect(createRepetitionLog().note(0, NOW)).toBe(1);
  });
});
