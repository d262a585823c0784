import type { Adoption, AdoptionCandidate, RoutingState } from "#agents/adoption.ts";
import { AGENT_LABEL } from "#agents/docker-container-spec.ts";
import type { DockerEngine } from "#agents/docker-engine.ts";
import { watchContainers } from "#agents/docker-watch.ts";
import type { Log } from "#log.ts";

/** Longer than any recreate takes: what is older was cut short. */
const ABANDONED_MS = 180_000;

type WatchedAdoption = Pick<Adoption, "list" | "find" | "settle" | "isChanging">;

export type AdoptionWatch = {
  engine: DockerEngine;
  adoption: WatchedAdoption;
  log: Log;
  /** A container of others, or its routing, is different from before; within two seconds while the engine answers. */
  onChange: (candidate: AdoptionCandidate) => void;
};

/** Given back or made again at this moment, or by the time of looking again. */
async function isOnPurpose(adoption: WatchedAdoption, name: string): Promise<boolean> {
  if (await adoption.isChanging(name)) return true;
  const now = await adoption.find(name).catch(() => null);
  return now !== null && now.state !== "lost";
}

/**
 * Follows containers of others: says when one has changed, above all when it has lost our variables, and settles
 * recreates that were cut short once the engine lets us. Returns how to stop.
 */
export function watchAdoption({ engine, adoption, log, onChange }: AdoptionWatch): () => void {
  const last = new Map<string, string>();
  const states = new Map<string, RoutingState>();
  let isLooking = false;
  let isStale = false;

  const look = async () => {
    for (const candidate of await adoption.list()) {
      const { containerName, name, state, problem } = candidate;
      const text = JSON.stringify(candidate);
      if (last.get(containerName) === text) continue;
      last.set(containerName, text);
      onChange(candidate);
      if (state === "lost" && (await isOnPurpose(adoption, name))) {
        last.delete(containerName); // looked at again: it may stay so
        continue;
      }
      if (state === "lost" && states.get(containerName) !== "lost")
        log.warn({ agent: name }, problem ?? "Routing lost");
      states.set(containerName, state);
    }
  };
  /** One look at a time; what happens meanwhile is seen by one more. */
  const lookAgain = async () => {
    isStale = true;
    if (isLooking) return;
    isLooking = true;
    while (isStale) {
      isStale = false;
      await look().catch((error: unknown) => log.debug({ err: error }, "Containers cannot be looked at now"));
    }
    isLooking = false;
  };
  return watchContainers(engine, {
    label: AGENT_LABEL,
    onEvent: () => void lookAgain(),
    onPoll: () => {
      adoption.settle(ABANDONED_MS).catch((error: unknown) => log.warn({ err: error }, "A recreate is still half-way"));
      void lookAgain();
    },
  });
}
