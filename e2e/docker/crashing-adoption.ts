import { z } from "zod";

import { connectDocker } from "#agents/docker-engine.ts";
import { createPrisma } from "#prisma-client.ts";

import { ADMIN, createTestAdoption } from "./test-adoption.ts";

/**
 * Routes or gives back one agent, and is killed in the middle: right after the engine has done the named thing for the
 * given time. Settings come as JSON in the first argument.
 */
const settings = z
  .object({
    dockerHost: z.string(),
    databaseUrl: z.string(),
    name: z.string(),
    deed: z.enum(["route", "unroute"]),
    crashAfter: z.enum(["stop", "rename", "create", "connect", "start", "exec", "remove"]),
  })
  .parse(JSON.parse(process.argv[2] ?? ""));

const engine = connectDocker(settings.dockerHost);
const step = settings.crashAfter;
const original = engine[step] as (...args: unknown[]) => Promise<unknown>; // each of them is one
const isAfterStop = () => calls.has("rename") || step !== "exec";
const calls = new Set<string>();
const rename = engine.rename;
engine.rename = async (ref, name) => {
  await rename(ref, name);
  calls.add("rename");
  if (step === "rename") process.kill(process.pid, "SIGKILL");
};
if (step !== "rename") {
  Object.assign(engine, {
    [step]: async (...args: unknown[]) => {
      const result = await original(...args);
      if (isAfterStop()) process.kill(process.pid, "SIGKILL"); // asking whether it is idle comes before the first step
      return result;
    },
  });
}
await createTestAdoption({ engine, prisma: createPrisma(settings.databaseUrl) })[settings.deed](ADMIN, settings.name);
