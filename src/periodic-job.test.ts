import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { createPeriodicJob, type PeriodicJob } from "#periodic-job.ts";
import { SILENT } from "#testing/calls.ts";

const MINUTE_MS = 60_000;

let checks: number;
let check: () => Promise<void>;
beforeEach(() => {
  vi.useFakeTimers();
  checks = 0;
  check = async () => undefined;
});
afterEach(() => {
  vi.useRealTimers();
});

function startJob(): PeriodicJob {
  const run = () => {
    checks += 1;
    return check();
  };
  const job = createPeriodicJob({ firstMs: 30_000, everyMs: 10 * MINUTE_MS, run, failure: "not done" }, SILENT);
  job.start();
  return job;
}

it("runs first when it is told to, and then at its interval", async () => {
  startJob();
  await vi.advanceTimersByTimeAsync(MINUTE_MS);
  expect(checks).toBe(1);
  await vi.advanceTimersByTimeAsync(30 * MINUTE_MS);
  expect(checks).toBe(4);
});

it("a run that fails is not the last, and one that takes long is not overtaken", async () => {
  check = async () => {
    throw new Error("the database is away");
  };
  startJob();
  await vi.advanceTimersByTimeAsync(MINUTE_MS);
  check = () => new Promise((resolve) => setTimeout(resolve, 25 * MINUTE_MS));
  await vi.advanceTimersByTimeAsync(30 * MINUTE_MS);
  expect(checks).toBe(2);
});

it("closing ends it, after the run that is under way", async () => {
  let isOver = false;
  check = async () => {
    await new Promise((resolve) => setTimeout(resolve, MINUTE_MS));
    isOver = true;
  };
  const job = startJob();
  await vi.advanceTimersByTimeAsync(45_000);
  const closing = job.close();
  await vi.advanceTimersByTimeAsync(MINUTE_MS);
  await closing;
  expect(isOver).toBe(true);
  await vi.advanceTimersByTimeAsync(60 * MINUTE_MS);
  expect(checks).toBe(1);
});
