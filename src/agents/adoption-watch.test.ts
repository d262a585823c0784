import { PassThrough } from "node:stream";

import { afterEach, expect, it, vi } from "vitest";

import type { AdoptionCandidate } from "#agents/adoption-candidate.ts";
import { watchAdoption } from "#agents/adoption-watch.ts";
import type { DockerEngine } from "#agents/docker-engine.ts";
import { createLog } from "#log.ts";

let stop: () => void = () => undefined;
afterEach(() => stop());

/** Watches one container, whose state and what is done to it a test sets. */
function watching(isChanging: boolean) {
  const events = new PassThrough();
  const engine = { events: async () => events } as unknown as DockerEngine; // the one call of a watch
  const candidate = { containerName: "agent-a", name: "a", state: "routed", problem: null };
  const world = { candidate, isChanging };
  const log = createLog("test", "silent");
  const warn = vi.spyOn(log, "warn");
  const seen: string[] = [];
  const look = () => ({ ...world.candidate }) as AdoptionCandidate; // as far as a watch reads it
  stop = watchAdoption({
    engine,
    log,
    adoption: {
      list: async () => [look()],
      find: async () => look(),
      settle: async () => undefined,
      isChanging: async () => world.isChanging,
    },
    onChange: ({ state }) => seen.push(state),
  });
  const happen = () =>
    events.write(`${JSON.stringify({ Action: "start", Actor: { ID: "1", Attributes: { name: "agent-a" } } })}\n`);
  return { world, warn, seen, happen };
}

it("routing that is taken away behind our back is warned of, once", async () => {
  const { world, warn, seen, happen } = watching(false);
  await expect.poll(() => seen).toEqual(["routed"]);
  world.candidate.state = "lost";
  happen();
  await expect.poll(() => seen).toEqual(["routed", "lost"]);
  happen();
  await expect.poll(() => warn.mock.calls).toEqual([[{ agent: "a" }, "Routing lost"]]);
});

it("giving back on purpose is no loss, and one that stays when it is over is", async () => {
  const { world, warn, seen, happen } = watching(true);
  await expect.poll(() => seen).toEqual(["routed"]);
  world.candidate.state = "lost";
  happen();
  await expect.poll(() => seen.at(-1)).toBe("lost");
  world.isChanging = false;
  world.candidate.state = "not_routed";
  happen();
  await expect.poll(() => seen.at(-1)).toBe("not_routed");
  expect(warn).not.toHaveBeenCalled();
  world.candidate.state = "lost";
  happen();
  await expect.poll(() => warn.mock.calls.length).toBe(1);
});
