import { randomUUID } from "node:crypto";

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createHeliconeClient } from "#helicone/helicone-client.ts";
import { createHeliconeUsageSource } from "#helicone/usage-source.ts";
import { logToHelicone } from "#testing/helicone-log.ts";
import { type HeliconeStandIn, startHeliconeStandIn } from "../../e2e/helicone/helicone-stand-in.ts";

let helicone: HeliconeStandIn;
beforeAll(async () => {
  helicone = await startHeliconeStandIn({ upstreamUrl: "http://127.0.0.1:9", faults: { indexDelayMs: 0 } });
});
afterEach(() => helicone.reset());
afterAll(() => helicone.close());

const DAY = { start: new Date("2026-11-23T00:00:00Z"), end: new Date("2026-11-24T00:00:00Z") };

type Sent = { id?: string; agent?: string; at?: Date };

async function log({ id = randomUUID(), agent = "scout", at = new Date("2026-11-23T12:00:00Z") }: Sent) {
  await logToHelicone(helicone, { id, agentName: agent, at });
  return id;
}

function source(apiKey: string | null = helicone.createKey("rw")) {
  return createHeliconeUsageSource(
    createHeliconeClient({ url: helicone.jawnUrl, apiKey: () => apiKey, timeoutMs: 1_000 }),
  );
}

describe("what Helicone counted", () => {
  it("is summed by agent and UTC day, from numbers that come as strings", async () => {
    await log({ agent: "scout", at: new Date("2026-11-22T23:59:59.999Z") });
    await log({ agent: "scout" });
    await log({ agent: "scout", at: new Date("2026-11-23T23:59:59.999Z") });
    await log({ agent: "digger" });
    const days = await source().usageByAgentAndDay(DAY);
    expect(days.sort((a, b) => a.requests - b.requests)).toEqual([
      expect.objectContaining({ agentName: "digger", requests: 1 }),
      {
        agentName: "scout",
        dayStart: DAY.start,
        requests: 2,
        costNanoUsd: 9_300_000n,
        inputTokens: 2_000,
        outputTokens: 200,
        cacheReadInputTokens: 1_000,
        cacheCreationInputTokens: 0,
      },
    ]);
    expect(helicone.violations()).toEqual([]);
  });

  it("by its own sums has the same days, and only those that were asked for", async () => {
    await log({ agent: "scout", at: new Date("2026-11-23T23:59:59.500Z") });
    await log({ agent: "digger" });
    expect(await source().costByDay("scout", DAY)).toEqual([{ start: DAY.start, costNanoUsd: 4_650_000n }]);
    expect(await source().costByDay(null, DAY)).toEqual([{ start: DAY.start, costNanoUsd: 9_300_000n }]);
  });

  it("is complete where a period has more rows than an answer, also within one second", async () => {
    const at = (index: number) => new Date(DAY.start.getTime() + (index % 2 === 0 ? 0 : index * 1_000));
    const ids = await Promise.all(Array.from({ length: 40 }, (_, index) => log({ at: at(index) })));
    const template = helicone.rows[0];
    if (template === undefined) throw new Error("nothing was logged");
    const crowd = Array.from({ length: 2_500 }, () => ({ ...template, requestId: randomUUID() }));
    helicone.rows.push(...crowd);
    const found = await source().rowsWithin(DAY);
    expect(found).toHaveLength(2_540);
    expect(new Set(found.map((row) => row.requestId))).toEqual(new Set([...ids, ...crowd.map((row) => row.requestId)]));
  });

  it("finds some requests by their ids, one that it has twice in two rows", async () => {
    const [once, twice] = [await log({}), await log({})];
    await log({ id: twice });
    const others = Array.from({ length: 120 }, () => randomUUID());
    const rows = await source().findRows([once, ...others, twice]);
    expect(rows.map((row) => row.requestId)).toEqual([once, twice, twice]);
  });
});

describe("silence is not zero", () => {
  it("a day without calls is empty, once ClickHouse has been asked", async () => {
    expect(await source().rowsWithin(DAY)).toEqual([]);
    expect(helicone.received.map(({ path }) => path)).toContain("/v1/pi/costs-over-time/query");
  });

  it("the empty answer of a dead ClickHouse is an error that says so", async () => {
    await log({});
    await helicone.setFaults({ clickhouseDown: true });
    const reason = "Helicone's ClickHouse does not answer.";
    await expect(source().rowsWithin(DAY)).rejects.toThrow(reason);
    await expect(source().costByDay("scout", DAY)).rejects.toThrow(reason);
    await expect(source().findRows([randomUUID()])).rejects.toThrow(reason);
  });

  it("a ClickHouse that comes back between the questions is asked again", async () => {
    await log({});
    await helicone.setFaults({ clickhouseDown: true });
    const client = createHeliconeClient({ url: helicone.jawnUrl, apiKey: () => helicone.createKey("rw") });
    const costsOverTime: typeof client.costsOverTime = async (...question) => {
      await helicone.setFaults({ clickhouseDown: false });
      return client.costsOverTime(...question);
    };
    expect(await createHeliconeUsageSource({ ...client, costsOverTime }).rowsWithin(DAY)).toHaveLength(1);
  });

  it("calls that cost something and are not shown are an error that says so", async () => {
    await log({});
    const client = createHeliconeClient({ url: helicone.jawnUrl, apiKey: () => helicone.createKey("rw") });
    const blind = createHeliconeUsageSource({ ...client, queryRows: async () => [] });
    await expect(blind.rowsWithin(DAY)).rejects.toThrow("Helicone counts costs, and shows no calls that they are of.");
  });

  it.each([
    ["a dead PostgreSQL", { postgresDown: true }, "Helicone's PostgreSQL does not answer."],
    ["a closed port", { jawn: "down" }, "ECONNREFUSED"],
    ["one that never answers", { jawn: "silent" }, "no answer in time"],
    ["errors of its own", { jawn: "html-500" }, "a page (status 500)"],
    ["a page in its place", { jawn: "html-200" }, "a page (status 200)"],
  ] as const)("%s is an error that says so", async (_, faults, reason) => {
    const asked = source();
    await helicone.setFaults(faults);
    await expect(asked.rowsWithin(DAY)).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining(reason),
    });
  });

  it.each([
    ["w", "this key may not read"],
    ["unknown", "does not know this key"],
    [null, "There is no key for Helicone yet"],
  ])("with the key %s it says what is wrong with it", async (kind, reason) => {
    const unknown = "sk-helicone-zzzzzzz-zzzzzzz-zzzzzzz-zzzzzzz";
    const key = kind === "unknown" ? unknown : kind && helicone.createKey(kind);
    await expect(source(key).rowsWithin(DAY)).rejects.toThrow(reason);
  });
});
