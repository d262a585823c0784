import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { Reconciliation } from "#helicone/reconciliation.ts";
import { createReconciliationJob, type ReconciliationJob } from "#helicone/reconciliation-job.ts";
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

function startJob(): ReconciliationJob {
  const reconciliation: Pick<Reconciliation, "check"> = {
    check() {
      checks += 1;
      return check();
    },
  };
  const job = createReconciliationJob(reconciliation, SILENT);
  job.start();
  return job;
}

it("compares soon after the start, and every ten minutes from then on", async () => {
  startJob();
  await vi.advanceTimersByTimeAsync(MINUTE_MS);
  expect(checks).toBe(1);
  await vi.advanceTimersByTimeAsync(30 * MINUTE_MS);
  expect(checks).toBe(4);
});

it("a comparison that fails is not the last, and one that takes long is not overtaken", async () => {
  check = async () => {
    throw new Error("the database is away");
  };
  startJob();
  await vi.advanceTimersByTimeAsync(MINUTE_MS);
  check = () => new Promise((resolve) => setTimeout(resolve, 25 * MINUTE_MS));
  await vi.advanceTimersByTimeAsync(30 * MINUTE_MS);
  expect(checks).toBe(2);
});

it("closing ends it, after the comparison that runs", async () => {
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
