import { setTimeout as sleep } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import type { AttemptOutcome } from "#helicone/log-attempt.ts";
import { startLogDelivery } from "#helicone/log-delivery.ts";
import type { ClaimedLog, LogOutbox, LogSettlement } from "#helicone/log-outbox.ts";
import { createLog } from "#log.ts";

const claimedLog = (id: string, attempts = 1): ClaimedLog => ({
  attempts,
  permission: { promised: "full", now: "full" },
  call: {
    id,
    admittedAt: new Date(0),
    model: "m",
    requestedModel: "m",
    sessionId: null,
    errorType: null,
    outcome: "completed",
    status: 200,
    latencyMs: 1,
    firstByteMs: 1,
    isStreamed: false,
    usage: {
      inputTokens: 1,
      outputTokens: 1,
      cacheReadInputTokens: null,
      cacheCreation5mInputTokens: null,
      cacheCreation1hInputTokens: null,
      webSearchRequests: null,
    },
    agent: { name: "a", ownerId: null, type: null },
  },
});

type Setting = {
  due: ClaimedLog[];
  answer: (claimed: ClaimedLog) => AttemptOutcome;
  problems?: (string | null)[];
  key?: string | null;
};

/** Runs the delivery over an outbox in memory until so many calls were settled, or a moment, and tells what it did. */
async function deliver({ due, answer, problems = [], key = "k" }: Setting, settledMin = due.length) {
  const waiting = [...due];
  const settled: [string, LogSettlement][] = [];
  const claims: number[] = [];
  const delivered: string[] = [];
  const nothing = { waiting: 0, unsure: 0, rejected: 0, oldestAt: null };
  const outbox: Omit<LogOutbox, "doubtEndedSince"> = {
    ready: async () => ({ hasDue: waiting.length > 0, hasDoubtful: false, isWaiting: waiting.length > 0 }),
    async claim(count) {
      claims.push(count);
      return waiting.splice(0, count);
    },
    async settle(claimed, settlement) {
      for (const one of claimed) settled.push([one.call.id, settlement]);
      if (settlement.outcome === "again") waiting.push(...claimed);
    },
    claimDoubtful: async () => [],
    resolveDoubt: async () => undefined,
    doubtAbandoned: async () => undefined,
    expire: async () => undefined,
    wanted: async () => new Set(),
    figures: async () => nothing,
  };
  const running = startLogDelivery({
    outbox,
    attempt: async (claimed) => answer(claimed),
    queries: { problem: async () => problems.shift() ?? null, find: async () => new Set() },
    key: () => key,
    onDelivered: (ids) => void delivered.push(...ids),
    onFigures: () => undefined,
    log: createLog("test", "silent"),
  });
  const deadlineAt = Date.now() + (settledMin === 0 ? 300 : 8_000);
  while ((settledMin === 0 || settled.length < settledMin) && Date.now() < deadlineAt) await sleep(5);
  await running.stop();
  return { settled, claims, delivered };
}

const taken = (): AttemptOutcome => ({ outcome: "taken", hadBodies: true });

describe("the delivery to Helicone", () => {
  it("is done with a call that was taken, and lets go of its bodies", async () => {
    const { settled, delivered } = await deliver({ due: [claimedLog("a"), claimedLog("b")], answer: taken });
    expect(settled).toEqual([
      ["a", { outcome: "there" }],
      ["b", { outcome: "there" }],
    ]);
    expect(delivered).toEqual(["a", "b"]);
  });

  it("leaves a call in doubt that was taken by a Helicone which then could not store it", async () => {
    const { settled, delivered } = await deliver({
      due: [claimedLog("a")],
      answer: taken,
      problems: [null, "ClickHouse"],
    });
    expect(settled).toEqual([["a", { outcome: "unsure", waitMs: expect.any(Number), error: "ClickHouse" }]]);
    expect(delivered).toEqual([]);
  });

  it("posts nothing to a Helicone that cannot store it, nor without a key", async () => {
    const away = await deliver({ due: [claimedLog("a")], answer: taken, problems: ["away", "away"] }, 0);
    const keyless = await deliver({ due: [claimedLog("a")], answer: taken, key: null }, 0);
    expect([away.settled, away.claims, keyless.settled, keyless.claims]).toEqual([[], [], [], []]);
  });

  it("puts back what it has in hand when nothing gets through, and then tries one call at a time", async () => {
    const due = Array.from({ length: 40 }, (_, number) => claimedLog(`c${number}`));
    const unsent = (): AttemptOutcome => ({ outcome: "unsent", error: "away", hadBodies: false });
    const { settled, claims } = await deliver({ due, answer: unsent }, 41);
    expect(claims).toEqual([100, 1]);
    expect(settled).toHaveLength(41);
    for (const [, settlement] of settled)
      expect(settlement).toMatchObject({ outcome: "again", countsAsAttempt: false });
  });

  it("does not repeat a post whose end is not known", async () => {
    const unknown = (): AttemptOutcome => ({ outcome: "unknown", error: "500", hadBodies: false });
    const { settled } = await deliver({ due: [claimedLog("a")], answer: unknown });
    expect(settled).toEqual([["a", { outcome: "unsure", waitMs: expect.any(Number), error: "500" }]]);
  });

  it("tells a call without its bodies that was refused with them, and gives one up that is refused without, in the end", async () => {
    const refused = (hadBodies: boolean) => (): AttemptOutcome => ({ outcome: "refused", error: "413", hadBodies });
    const [withBodies] = (await deliver({ due: [claimedLog("a")], answer: refused(true) })).settled;
    expect(withBodies).toEqual([
      "a",
      { outcome: "again", waitMs: 0, error: "413", countsAsAttempt: true, content: "metadata" },
    ]);
    const [first] = (await deliver({ due: [claimedLog("a")], answer: refused(false) })).settled;
    expect(first).toMatchObject(["a", { outcome: "again", countsAsAttempt: true, waitMs: 120_000 }]);
    const [last] = (await deliver({ due: [claimedLog("a", 5)], answer: refused(false) })).settled;
    expect(last).toEqual(["a", { outcome: "rejected", error: "413" }]);
  });

  it("waits for bodies that are still being written", async () => {
    const { settled } = await deliver({ due: [claimedLog("a")], answer: () => ({ outcome: "writing" }) });
    expect(settled[0]).toMatchObject(["a", { outcome: "again", countsAsAttempt: false, waitMs: 500 }]);
  });
});
