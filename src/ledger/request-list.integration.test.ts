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

describe("the tags of a call", () => {
  it("are those that the agent had when it was admitted, however late it is written", async () => {
    const olga = await portal.addPerson(`Olga-${number}`);
    const at = (offset: number) => new Date(Date.now() + offset);
    await portal.record({ agentId: agent.id, admittedAt: at(-60_000) });
    const admin = await portal.addPerson(`Ada-${number}`, "admin");
    await portal.platform.agents.update(admin.actor, agent, { ownerId: olga.actor.userId, type: "coder" });
    await portal.record(
      { agentId: agent.id, admittedAt: at(60_000) },
      { agentId: agent.id, admittedAt: at(-30_000), sessionId: "late" },
    );
    const { requests } = await latest(10);
    expect(requests.map(({ tags }) => tags)).toEqual([
      { agentName: agent.name, ownerName: `Olga-${number}`, type: "coder", template: null },
      { agentName: agent.name, ownerName: null, type: null, template: null },
      { agentName: agent.name, ownerName: null, type: null, template: null },
    ]);
    const filtered = (filter: object) =>
      portal.platform.requests
        .latest(agent.id, { limit: 10, cursor: null, filter })
        .then((page) => page.requests.length);
    expect(await filtered({ type: "coder" })).toBe(1);
    expect(await filtered({ ownerId: olga.actor.userId })).toBe(1);
    expect(await filtered({ template: "local:none" })).toBe(0);
    expect(await filtered({ sessionId: "late" })).toBe(1);
    expect(await filtered({ sessionId: "late", type: "coder" })).toBe(0);
  });

  it("do not change with the agent's removal, nor pass to the next agent of its name", async () => {
    const admin = await portal.addPerson(`Ada-${number}`, "admin");
    await portal.platform.agents.update(admin.actor, agent, { ownerId: null, type: "first" });
    await portal.record({ agentId: agent.id, admittedAt: new Date(Date.now() + 1_000) });
    await portal.platform.agents.remove(admin.actor, agent);
    const next = await portal.addAgent(agent.name);
    expect((await latest(10)).requests[0]?.tags).toMatchObject({ agentName: agent.name, type: "first" });
    expect((await portal.platform.requests.latest(next.id, { limit: 10, cursor: null })).requests).toEqual([]);
  });

  it("narrow the list, with pages, to a model, a session or a subagent", async () => {
    const of = (fields: object) => ({ agentId: agent.id, ...fields });
    await portal.record(
      of({ model: "claude-opus-4-8", sessionId: "s1", subagentId: "a1" }),
      of({ model: "claude-opus-4-8", sessionId: "s1" }),
      of({ model: "claude-haiku-4-5", sessionId: "s2" }),
    );
    const first = await portal.platform.requests.latest(agent.id, {
      limit: 1,
      cursor: null,
      filter: { sessionId: "s1" },
    });
    const rest = await portal.platform.requests.latest(agent.id, {
      limit: 1,
      cursor: first.nextCursor,
      filter: { sessionId: "s1" },
    });
    expect([...first.requests, ...rest.requests].map(({ sessionId }) => sessionId)).toEqual(["s1", "s1"]);
    expect(rest.nextCursor).toBeNull();
    const count = async (filter: object) =>
      (await portal.platform.requests.latest(agent.id, { limit: 10, cursor: null, filter })).requests.length;
    expect([await count({ model: "claude-opus-4-8" }), await count({ subagentId: "a1" })]).toEqual([2, 1]);
  });
});
