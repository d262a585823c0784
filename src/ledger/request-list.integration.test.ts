import { randomUUID } from "node:crypto";

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { AgentRecord } from "#agents/agents.ts";
import { createTestPortal, type TestPortal } from "#testing/portal.ts";

let portal: TestPortal;
let agent: AgentRecord;
let number = 0;

beforeAll(async () => {
  portal = await createTestPortal();
});
beforeEach(async () => {
  number += 1;
  agent = await portal.addAgent(`agent-${number}`);
});
afterAll(() => portal.close());

const latest = (limit: number, cursor: string | null = null) =>
  portal.platform.requests.latest(agent.id, { limit, cursor });

describe("the latest calls", () => {
  it("carry the id that the agent saw, and unknown counts as unknown", async () => {
    const id = "0196f1a2-3c4d-7e5f-8a6b-7c8d9e0f1a2b";
    await portal.record({
      agentId: agent.id,
      id,
      inputTokens: null,
      outputTokens: 12,
      isEstimated: true,
      status: null,
    });
    const { requests, nextCursor } = await latest(10);
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({
      id: "req_0196f1a23c4d7e5f8a6b7c8d9e0f1a2b",
      status: null,
      isEstimated: true,
      usage: { inputTokens: null, outputTokens: 12 },
      outcome: "completed",
      pricedAs: "list",
    });
    expect(nextCursor).toBeNull();
  });

  it("come page by page, each exactly once, also those of the same instant and while new ones arrive", async () => {
    const calls = Array.from({ length: 25 }, (_, index) => ({
      agentId: agent.id,
      id: randomUUID(),
      admittedAt: new Date(Date.UTC(2026, 2, 15, 10, 0, Math.floor(index / 5))),
    }));
    await portal.record(...calls);

    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await latest(7, cursor);
      seen.push(...page.requests.map((request) => request.id));
      cursor = page.nextCursor;
      await portal.record({ agentId: agent.id, admittedAt: new Date("2026-03-15T11:00:00Z") });
    } while (cursor !== null);

    expect(seen).toHaveLength(25);
    expect(new Set(seen)).toEqual(new Set(calls.map((call) => `req_${call.id.replaceAll("-", "")}`)));
  });

  it("are those of one agent, whatever cursor is handed in", async () => {
    const other = await portal.addAgent(`other-${number}`);
    await portal.record({ agentId: other.id }, { agentId: other.id }, { agentId: agent.id });
    const { nextCursor } = await portal.platform.requests.latest(other.id, { limit: 1, cursor: null });
    expect(nextCursor).not.toBeNull();
    expect((await latest(10, nextCursor)).requests).toEqual([]);
  });

  it.each(["", "req_", "'; DROP TABLE users", "req_0196f1a23c4d7e5f8a6b7c8d9e0f1a2bff"])(
    "refuse the cursor %j",
    async (cursor) => {
      await expect(latest(10, cursor)).rejects.toMatchObject({ code: "invalid_input" });
    },
  );
});
