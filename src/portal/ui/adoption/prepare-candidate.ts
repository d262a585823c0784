import type { Candidate } from "#portal/client/answers.ts";
import { isUnguarded } from "#portal/ui/routing/routing-words.ts";

/** A container of others in words: what it is to us, and what can be done about it. */
export type CandidateView = {
  word: string;
  tone: "on" | "off" | "near" | "stop";
  may: { route: boolean; restore: boolean };
};

/** `lost` can be routed again; what has obstacles can be neither routed nor given back at present. */
export function prepareCandidate({
  state,
  routing,
  obstacles,
}: Pick<Candidate, "state" | "routing" | "obstacles">): CandidateView {
  const isFree = obstacles.length === 0;
  switch (state) {
    case "not_routed":
      return { word: "Not routed", tone: "off", may: { route: isFree, restore: false } };
    case "routed":
      return routing === null || !isUnguarded(routing)
        ? { word: "Routed", tone: "on", may: { route: false, restore: isFree } }
        : { word: "Unguarded", tone: "near", may: { route: isFree, restore: isFree } };
    case "lost":
      return { word: "Routing lost", tone: "stop", may: { route: isFree, restore: isFree } };
    case "missing":
      return { word: "Container gone", tone: "stop", may: { route: false, restore: false } };
  }
}

/** What several routings or restorings came to, in a sentence. */
export function resultsSentence(results: readonly { name: string; problem: string | null }[]): string {
  if (results.length === 0) return "There was nothing to do.";
  const failed = results.filter(({ problem }) => problem !== null);
  const done = results.length - failed.length;
  const reasons = failed.map(({ name, problem }) => `${name}: ${problem}`).join(" ");
  return failed.length === 0 ? `Done: ${done}.` : `Done: ${done}. Not done: ${failed.length}. ${reasons}`;
}
