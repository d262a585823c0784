import { afterAll, beforeAll, expect, it } from "vitest";

import type { AgentRecord } from "#agents/agents.ts";
import { createTestPortal, type TestPortal } from "#testing/portal.ts";

const NOW = new Date("2026-03-15T12:00:00.000Z");
const PER_TYPE = {
  inputTokens: 1_000,
  outputTokens: 200,
  cacheReadInputTokens: 10_000,
  cacheCreation5mInputTokens: 400,
  cacheCreation1hInputTokens: 100,
};

let portal: TestPortal;
let agent: AgentRecord;
beforeAll(async () => {
  portal = await createTestPortal(NOW);
  agent = await portal.addAgent("agent");
  const call = {
    agentId: agent.id,
    model: "claude-sonnet-4-5",
    listCost: 12_000_000n,
    webSearchRequests: 0,
    ...PER_TYPE,
  };
  await portal.record(
    { ...call, admittedAt: new Date("2026-03-14T23:40:00.000Z") },
    { ...call, admittedAt: new Date("2026-03-15T00:10:00.000Z"), webSearchRequests: 2, listCost: 32_100_000n },
    { ...call, admittedAt: new Date("2026-03-15T09:00:00.000Z"), model: "some-new-model", listCost: 5_000_000n },
    { ...call, admittedAt: new Date("2026-02-01T09:00:00.000Z") },
  );
});
afterAll(() => portal.close());

it("tells what the money went to at the prices of the day, and what these lines leave untold", async () => {
  const breakdown = await portal.platform.costBreakdowns.byType(agent.id, 7);
  // Two calls at $3, $15, $0.30, $3.75 and $6 a million; two searches at a cent.
  expect(breakdown).toMatchObject({
    listCost: 49_100_000n,
    byType: {
      inputTokens: 6_000_000n,
      outputTokens: 6_000_000n,
      cacheReadInputTokens: 6_000_000n,
      cacheCreation5mInputTokens: 3_000_000n,
      cacheCreation1hInputTokens: 1_200_000n,
    },
    webSearches: 20_000_000n,
    rest: 6_900_000n,
    // 20,000 read for $2.70 a million less; 800 and 200 written for $0.75 and $3 more.
    saved: 54_000_000n - 600_000n - 600_000n,
    unknownModels: ["some-new-model"],
  });
  expect(breakdown.hitShare).toBeCloseTo(10_000 / 11_500, 10);
  const nothing = await portal.platform.costBreakdowns.byType((await portal.addAgent("idle")).id, 7);
  expect(nothing).toMatchObject({ listCost: 0n, saved: null, hitShare: null, rest: 0n });
});

it("counts hours and weekdays by the viewer's clocks, also where they are half an hour apart from others'", async () => {
  const hours = async (timeZone: string) =>
    (await portal.platform.costBreakdowns.byHour(agent.id, 7, timeZone)).hours.map(
      ({ weekday, hour, requests }) => `${weekday} ${hour} ${requests}`,
    );
  expect(await hours("UTC")).toEqual(["6 23 1", "7 0 1", "7 9 1"]);
  expect(await hours("Asia/Kolkata")).toEqual(["7 5 2", "7 14 1"]);
  expect(await hours("America/New_York")).toEqual(["6 19 1", "6 20 1", "7 5 1"]);
  await expect(hours("Atlantis/Capital")).rejects.toMatchObject({ code: "invalid_input" });
});
