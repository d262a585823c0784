import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

import { z } from "zod";

import type { ContainerEvent, DockerEngine } from "#agents/docker-engine.ts";

const RECONNECT_MS = 1_000;
const RECONNECT_MS_MAX = 15_000;
const DEFAULT_POLL_MS = 15_000;
/** What changes nothing that anybody looks at, and comes often. */
const UNIMPORTANT = /^(exec_|top|attach|resize|export|archive-path|extract-to-dir|commit|copy)/;

const eventLine = z.object({
  Action: z.string(),
  Actor: z.object({ ID: z.string(), Attributes: z.record(z.string(), z.string()) }),
});

export type ContainerWatch = {
  /** Containers with this label ("name=value"). */
  label: string;
  /** Something has happened to one. */
  onEvent: (event: ContainerEvent) => void;
  /** Anything may have happened: the connection is new, or it is time to look whether an event was lost. */
  onPoll: () => void;
  /** Default 15 s. */
  pollMs?: number;
};

/**
 * Listens to the engine's events, with a slow poll beneath them. While the engine is away it is tried again, every
 * second at first. Returns how to stop.
 */
export function watchContainers(engine: DockerEngine, watch: ContainerWatch): () => void {
  const abort = new AbortController();
  const poll = setInterval(watch.onPoll, watch.pollMs ?? DEFAULT_POLL_MS);
  poll.unref();
  void listen(engine, watch, abort.signal);
  return () => {
    clearInterval(poll);
    abort.abort();
  };
}

async function listen(engine: DockerEngine, watch: ContainerWatch, signal: AbortSignal): Promise<void> {
  let waitMs = RECONNECT_MS;
  while (!signal.aborted) {
    try {
      const stream = await engine.events(watch.label, signal);
      waitMs = RECONNECT_MS;
      watch.onPoll();
      for await (const line of createInterface({ input: stream })) report(line, watch);
    } catch {
      waitMs = Math.min(waitMs * 2, RECONNECT_MS_MAX); // the engine is away; who asks it is told why
    }
    await sleep(waitMs, null, { signal, ref: false }).catch(() => null);
  }
}

function report(line: string, watch: ContainerWatch): void {
  const parsed = eventLine.safeParse(parseJson(line));
  if (!parsed.success || UNIMPORTANT.test(parsed.data.Action)) return;
  const { Action: action, Actor } = parsed.data;
  watch.onEvent({ action, id: Actor.ID, name: Actor.Attributes.name ?? "", labels: Actor.Attributes });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null; // half a line, at the end of a connection
  }
}
