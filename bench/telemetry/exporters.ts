import path from "node:path";

import { type BenchProcess, startBenchProcess } from "../gateway/bench-process.ts";

/** Who exports, where to, and how often. */
export type ExporterOrder = { url: string; keys: readonly string[]; everyMs: number };

/** What came of it. `costNanoUsd`: as far as exports were answered with 200. `answeredMs`: how long each of these took. */
export type ExportTally = {
  exports: number;
  /** Attempts that were not answered with 200, and were repeated. */
  retried: number;
  failed: number;
  costNanoUsd: number;
  answeredMs: number[];
};

export type Exporters = {
  start(order: ExporterOrder): void;
  /** Resolves when the last export has been answered. */
  stop(): Promise<ExportTally>;
  end(): Promise<void>;
};

/** Exporters in a process of their own, so that they take their time from neither the gateway nor its callers. */
export async function startExporters(): Promise<Exporters> {
  const program = path.join(import.meta.dirname, "exporter-process.ts");
  const args = ["--import", "tsx", program];
  const { child, end }: BenchProcess = await startBenchProcess({ command: process.execPath, args, ready: "message" });
  return {
    start: (order) => void child.send(order),
    stop: () =>
      new Promise((resolve, reject) => {
        child.once("exit", () => reject(new Error("The exporters have ended")));
        child.once("message", (tally: ExportTally) => resolve(tally));
        child.send("stop");
      }),
    end,
  };
}
