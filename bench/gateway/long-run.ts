import type { Plan } from "./bench-plan.ts";
import { residentMegabytes } from "./process-usage.ts";
import { type Tally, takeTurn } from "./take-turn.ts";
import type { Rig } from "./targets.ts";

/** Resident memory in megabytes after so many calls; null where the system does not tell. */
export type MemorySample = { calls: number; megabytes: number | null };

/** The memory of both processes over the same calls. */
export type LongRun = Record<"gateway" | "pipe", MemorySample[]>;

const SLICES = 20;
/** Mostly short calls, some streamed, some with the body of a long session; at the highest concurrency. */
const MIX = [
  { share: 0.8, body: "small", answer: "json" },
  { share: 0.15, body: "small", answer: "sse" },
  { share: 0.05, body: "large", answer: "sse" },
] as const;

/**
 * Sends the same calls through the gateway and the pipe, in alternating slices, and watches their memory. It comes
 * first: both are warm for the rounds then.
 */
export async function runLongRun(rig: Rig, plan: Plan, tally: Tally): Promise<LongRun> {
  const run: LongRun = { gateway: [], pipe: [] };
  const concurrency = Math.max(...plan.concurrencies);
  const compared = rig.targets.flatMap(({ name, to, pid }) =>
    name === "gateway" || name === "pipe" ? { name, to, pid } : [],
  );
  for (let slice = 1; slice <= SLICES; slice += 1) {
    for (const target of compared) {
      for (const { share, body, answer } of MIX) {
        const calls = Math.round((plan.longRunCalls / SLICES) * share);
        const scenario = { body, answer, concurrency };
        await takeTurn(rig, tally, { target, scenario, durationMs: 0, callsMin: calls, callsMax: calls });
      }
      const calls = (plan.longRunCalls / SLICES) * slice;
      run[target.name].push({ calls, megabytes: await residentMegabytes(target.pid) });
    }
  }
  return run;
}
