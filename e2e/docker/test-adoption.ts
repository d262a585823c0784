import { type Adoption, createAdoption } from "#agents/adoption.ts";
import { createAdoptionStore } from "#agents/adoption-store.ts";
import type { DockerEngine } from "#agents/docker-engine.ts";
import type { Log } from "#log.ts";
import type { PrismaClient } from "#prisma-client.ts";
import { SILENT } from "#testing/calls.ts";

export const ADMIN = { userId: null, name: "the test" };
export const GATEWAY = "http://gateway.test:8585";

export type TestAdoption = {
  engine: DockerEngine;
  prisma: PrismaClient;
  helicone?: { url: string; writeKey: string };
  log?: Log;
};

/** Adoption with little patience, for a gateway that is not there. */
export function createTestAdoption({ engine, prisma, helicone, log = SILENT }: TestAdoption): Adoption {
  return createAdoption({
    engine,
    store: createAdoptionStore(prisma),
    clock: () => new Date(),
    log,
    times: { healthMs: 4_000, stopSeconds: 5 },
    settingsOf: async () => ({ gatewayUrl: GATEWAY, helicone: helicone ?? null, otlp: null }),
  });
}
