import type { RunState } from "#portal/client/answers.ts";

/** How a running agent is shown: a word, a tone, and a sentence where something is wrong. */
export type RunStateView = {
  word: string;
  tone: "on" | "off" | "busy" | "stop";
  problem: string | null;
  /** What can be done now. */
  may: { start: boolean; stop: boolean; restart: boolean };
};

const START = { start: true, stop: false, restart: false };
const END = { start: false, stop: true, restart: true };
const WAIT = { start: false, stop: false, restart: false };

/** The state of an agent that we run, in words. */
export function prepareRunState({ status, health, problem }: RunState): RunStateView {
  switch (status) {
    case "running":
      if (health === "starting") return { word: "Starting", tone: "busy", problem, may: END };
      if (health === "unhealthy") return { word: "Not working", tone: "stop", problem, may: END };
      return { word: "Running", tone: "on", problem, may: END };
    case "stopped":
      return { word: "Stopped", tone: "off", problem, may: START };
    case "restarting":
      return { word: "Died, starting again", tone: "stop", problem, may: END };
    case "paused":
      return { word: "Paused", tone: "off", problem: problem ?? "Somebody paused its container.", may: END };
    case "removing":
      return { word: "Being removed", tone: "busy", problem, may: WAIT };
    case "missing":
      return {
        word: "Gone",
        tone: "stop",
        problem:
          problem ??
          "What ran it was removed behind the portal's back. Rotate its key, or save its routing, to make it again.",
        may: WAIT,
      };
    case "unknown":
      return { word: "Not known", tone: "stop", problem, may: WAIT };
  }
}

/** Memory as people read it: "312 MB", "1.4 GB". */
export function formatMemory(bytes: number): string {
  const megabytes = bytes / 1_000_000;
  return megabytes < 1_000 ? `${Math.round(megabytes)} MB` : `${(megabytes / 1_000).toFixed(1)} GB`;
}
