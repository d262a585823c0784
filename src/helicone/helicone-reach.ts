import { DomainError } from "#domain/errors.ts";
import type { HeliconeClient } from "#helicone/helicone-client.ts";

/**
 * Whether Helicone answers the portal at this moment. `not_set_up`: there is no key for it yet; `isAlive` says whether its API
 * is there already. `failing`: it is there and does not answer
 * what only its databases know: they are down, it does not know the key, or it is something else that answers. `problem`: as a sentence for people.
 */
export type HeliconeReach =
  | { state: "off" }
  | { state: "not_set_up"; isAlive: boolean }
  | { state: "answering" }
  | { state: "failing" | "unreachable"; problem: string };

export type HeliconeReaches = ReturnType<typeof createHeliconeReach>;

type Parts = {
  client: Pick<HeliconeClient, "costsOverTime" | "isAlive">;
  hasKey: () => boolean;
  clock: () => Date;
};

const HOUR_MS = 3_600_000;

/** Asks Helicone how it is; no longer than the client waits for one answer. Null: it is turned off. */
export function createHeliconeReach(parts: Parts | null) {
  return {
    async reach(): Promise<HeliconeReach> {
      if (parts === null) return { state: "off" };
      const { client, hasKey, clock } = parts;
      if (!hasKey()) return { state: "not_set_up", isAlive: await client.isAlive() };
      const end = clock();
      const [problem, isAlive] = await Promise.all([
        // The one question that does not hide a dead database.
        problemOf(client.costsOverTime("all", { start: new Date(end.getTime() - HOUR_MS), end }, "hour")),
        client.isAlive(),
      ]);
      if (problem === null) return { state: "answering" };
      return { state: isAlive ? "failing" : "unreachable", problem };
    },
  };
}

async function problemOf(asked: Promise<unknown>): Promise<string | null> {
  try {
    await asked;
    return null;
  } catch (error) {
    if (error instanceof DomainError) return error.message;
    throw error;
  }
}
