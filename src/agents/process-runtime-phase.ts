import type { HealthReport } from "#agents/process-runtime-health.ts";
import type { AgentRun } from "#agents/process-runtime-run.ts";
import type { AgentState, AgentUsage } from "#agents/runtime.ts";

/** What an agent's process is doing. `waiting`: it has ended, or has still to begin, and will be started. */
export type Phase =
  | { kind: "stopped"; problem: string | null }
  | { kind: "waiting"; problem: string | null }
  | ({ kind: "running"; run: AgentRun; usage(): Promise<AgentUsage> } & HealthReport);

/** The phase in the words of the port. */
export function describePhase(
  phase: Phase,
): Pick<AgentState, "status" | "health" | "problem" | "startedAt" | "incarnation"> {
  const { problem } = phase;
  switch (phase.kind) {
    case "running": {
      const { startedAt, runId } = phase.run;
      return { status: "running", health: phase.health, problem, startedAt, incarnation: runId };
    }
    case "waiting":
      return { status: "restarting", health: "unknown", problem, startedAt: null, incarnation: null };
    case "stopped":
      return { status: "stopped", health: "unknown", problem, startedAt: null, incarnation: null };
  }
}
