import { describe, expect, it } from "vitest";

import type { RunState } from "#portal/client/answers.ts";
import { formatMemory, prepareRunState } from "#portal/ui/agent/prepare-run-state.ts";

const state = (part: Partial<RunState>): RunState => ({
  name: "builder",
  status: "running",
  health: "healthy",
  problem: null,
  startedAt: null,
  incarnation: null,
  labels: null,
  limits: null,
  hasWorkspace: true,
  isContained: false,
  ...part,
});

describe("the state of an agent", () => {
  it.each([
    [{}, "Running"],
    [{ health: "starting" }, "Starting"],
    [{ health: "unhealthy" }, "Not working"],
    [{ status: "stopped" }, "Stopped"],
    [{ status: "restarting" }, "Died, starting again"],
    [{ status: "missing" }, "Gone"],
    [{ status: "unknown" }, "Not known"],
  ] as const)("%j is %s", (part, word) => {
    expect(prepareRunState(state(part)).word).toBe(word);
  });

  it("offers to start what is stopped and to stop what runs, never both", () => {
    expect(prepareRunState(state({ status: "stopped" })).may).toEqual({ start: true, stop: false, restart: false });
    expect(prepareRunState(state({})).may).toEqual({ start: false, stop: true, restart: true });
    expect(prepareRunState(state({ status: "unknown" })).may).toEqual({ start: false, stop: false, restart: false });
  });

  it("says why, in the runtime's own words", () => {
    expect(prepareRunState(state({ status: "stopped", problem: "No such program" })).problem).toBe("No such program");
    expect(prepareRunState(state({ status: "missing" })).problem).toMatch(/removed behind/);
  });
});

it("memory is read in the unit that fits", () => {
  expect([formatMemory(312_400_000), formatMemory(999_000_000), formatMemory(1_440_000_000)]).toEqual([
    "312 MB",
    "999 MB",
    "1.4 GB",
  ]);
});
