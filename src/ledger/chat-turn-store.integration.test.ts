import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { AgentRecord } from "#agents/agents.ts";
import type { ChatTurnEnd } from "#ledger/chat-turn-store.ts";
import { createTestPortal, type TestPerson, type TestPortal } from "#testing/portal.ts";

let portal: TestPortal;
let olga: TestPerson;
let agent: AgentRecord;
let number = 0;

beforeAll(async () => {
  portal = await createTestPortal();
  olga = await portal.addPerson("Olga");
});
afterAll(() => portal.close());
beforeEach(async () => {
  number += 1;
  agent = await portal.addAgent(`agent-${number}`, olga);
});

const at = (second: number) => new Date(Date.parse("2026-03-15T11:00:00Z") + second * 1000);
const call = (second: number, listCost: bigint) =>
  portal.record({ agentId: agent.id, admittedAt: at(second), listCost });

async function turn(id: number, asked: number, end: Partial<ChatTurnEnd> | null): Promise<void> {
  const { chatTurns } = portal.platform;
  const turnId = `00000000-0000-7000-8000-${String(number * 100 + id).padStart(12, "0")}`;
  const who = { agentId: agent.id, userId: olga.actor.userId, apiKeyId: null };
  await chatTurns.insert({ id: turnId, ...who, startedAt: at(asked) });
  const answered = { finishedAt: at(0), status: 200, errorCode: null, sessionId: null, workedFrom: null };
  if (end !== null) await chatTurns.end(turnId, { ...answered, ...end });
}

/** Oldest first. */
const costs = async () =>
  (await portal.platform.chatTurns.latest(agent.id, 10)).map(({ listCost }) => Number(listCost)).toReversed();

describe("what a message cost", () => {
  it("is what the agent called from when it began to work on it, also where the one before was noted late", async () => {
    await turn(1, 0, { workedFrom: at(0), finishedAt: at(12) });
    await turn(2, 1, { workedFrom: at(10), finishedAt: at(20) });
    await call(2, 1n);
    await call(9, 2n);
    await call(11, 4n); // of the second, though the first was not yet noted as ended
    await call(19, 8n);
    expect(await costs()).toEqual([3, 12]);
  });

  it("is nothing while the message waits for others, and for one that was refused meanwhile", async () => {
    await turn(1, 0, null);
    await turn(2, 1, null);
    await turn(3, 2, { finishedAt: at(30), status: 429, errorCode: "agent_refused" });
    await call(5, 1n);
    expect(await costs()).toEqual([1, 0, 0]);
  });

  it("of an agent that does not say when it began is what it called after the turn before had ended", async () => {
    await turn(1, 0, { finishedAt: at(10) });
    await turn(2, 1, { finishedAt: at(20) });
    await call(5, 1n);
    await call(15, 2n);
    expect(await costs()).toEqual([1, 2]);
  });

  it("is not known of a message that was answered before the oldest call that is kept; one that was refused cost nothing", async () => {
    const longAgo = -400 * 86_400;
    await turn(1, longAgo, { workedFrom: at(longAgo), finishedAt: at(longAgo + 9) });
    await turn(2, longAgo + 10, { finishedAt: at(longAgo + 11), status: 429, errorCode: "budget_exceeded" });
    await turn(3, 0, { workedFrom: at(0), finishedAt: at(9) });
    await call(1, 5n);
    const latest = await portal.platform.chatTurns.latest(agent.id, 10);
    expect(latest.map(({ listCost }) => listCost)).toEqual([5n, 0n, null]);
  });
});
