import { describe, expect, it, vi } from "vitest";

import { createAttemptThrottle } from "#people/attempt-throttle.ts";

describe("a throttle", () => {
  it("lets so many attempts through and then says how long to wait", async () => {
    const throttle = createAttemptThrottle({ attempts: 2, windowSeconds: 60 });
    expect([await throttle.attempt("a"), await throttle.attempt("a")]).toEqual([null, null]);
    expect(await throttle.attempt("a")).toBe(60);
    expect(await throttle.attempt("b")).toBeNull();
  });

  it("opens again when the time is over", async () => {
    vi.useFakeTimers();
    const throttle = createAttemptThrottle({ attempts: 1, windowSeconds: 60 });
    await throttle.attempt("a");
    vi.advanceTimersByTime(30_000);
    expect(await throttle.attempt("a")).toBe(30);
    vi.advanceTimersByTime(30_001);
    expect(await throttle.attempt("a")).toBeNull();
    vi.useRealTimers();
  });

  it("forgets what it is told to", async () => {
    const throttle = createAttemptThrottle({ attempts: 1, windowSeconds: 60 });
    await throttle.attempt("a");
    await throttle.forgive("a");
    expect(await throttle.attempt("a")).toBeNull();
    await throttle.clear("a");
    expect(await throttle.attempt("a")).toBeNull();
    await throttle.forgive("never seen");
    expect(await throttle.attempt("never seen")).toBeNull();
  });

  it("can be asked without counting", async () => {
    const throttle = createAttemptThrottle({ attempts: 1, windowSeconds: 60 });
    expect([await throttle.wait("a"), await throttle.wait("a")]).toEqual([null, null]);
    await throttle.attempt("a");
    expect(await throttle.wait("a")).toBe(60);
  });
});
