import { describe, expect, it, vi } from "vitest";

import { keepRunning } from "#agents/process-runtime-keeper.ts";
import type { AgentRun } from "#agents/process-runtime-run.ts";

/** A run whose end the test decides. */
function createRun(number: number) {
  let end: (how: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => {
    end = resolve;
  });
  const stop = vi.fn(async () => end("asked"));
  const endpoint = { url: `http://127.0.0.1:${number}`, token: null };
  const run: AgentRun = { runId: `run-${number}`, pid: number, startedAt: new Date(), endpoint, ended, stop };
  return { run, end, stop };
}

function setUp() {
  const abort = new AbortController();
  const runs: ReturnType<typeof createRun>[] = [];
  const events: string[] = [];
  let failure: Error | null = null;
  const options = {
    signal: abort.signal,
    launch: async () => {
      if (failure !== null) throw failure;
      const made = createRun(runs.length + 1);
      runs.push(made);
      return made.run;
    },
    onRun: async (run: AgentRun) => void events.push(run.runId),
    onWait: async (reason: string) => void events.push(reason),
  };
  const fail = (error: Error | null) => {
    failure = error;
  };
  return { abort, runs, events, options, fail };
}

describe("keeping an agent running", () => {
  it("starts it again whenever it ends, and ends it when asked", async () => {
    const { abort, runs, events, options } = setUp();
    const kept = keepRunning(options, true);
    await expect.poll(() => events).toEqual(["run-1"]);
    runs[0]?.end("It was ended by SIGKILL");
    await expect.poll(() => events, { timeout: 3_000 }).toEqual(["run-1", "It was ended by SIGKILL", "run-2"]);
    abort.abort();
    await kept;
    expect(runs[1]?.stop).toHaveBeenCalledOnce();
    expect(runs).toHaveLength(2);
  });

  it("gives the first try's failure back where that is final, and not later ones", async () => {
    const { abort, runs, events, options, fail } = setUp();
    fail(new Error("no room"));
    await expect(keepRunning(options, true)).rejects.toThrow("no room");
    expect(events).toEqual([]);

    fail(null);
    const kept = keepRunning(options, true);
    await expect.poll(() => events).toEqual(["run-1"]);
    fail(new Error("no room"));
    runs[0]?.end("gone");
    await expect.poll(() => events, { timeout: 3_000 }).toEqual(["run-1", "gone", "no room"]);
    abort.abort();
    await kept;
  });

  it("goes on trying where the first try is not final", async () => {
    const { abort, events, options, fail } = setUp();
    fail(new Error("no room"));
    const kept = keepRunning(options, false);
    await expect.poll(() => events).toEqual(["no room"]);
    fail(null);
    await expect.poll(() => events, { timeout: 3_000 }).toEqual(["no room", "run-1"]);
    abort.abort();
    await kept;
  });

  it("ends what is started in the very moment it is asked to end", async () => {
    const { abort, runs, events, options } = setUp();
    const launch = () => {
      abort.abort();
      return options.launch();
    };
    await keepRunning({ ...options, launch }, false);
    expect(runs[0]?.stop).toHaveBeenCalledOnce();
    expect(events).toEqual([]);
  });

  it("does not begin when it has been asked to end already", async () => {
    const { abort, runs, options } = setUp();
    abort.abort();
    await keepRunning(options, true);
    expect(runs).toEqual([]);
  });
});
