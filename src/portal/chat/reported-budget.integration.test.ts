import { afterAll, beforeAll, expect, it } from "vitest";

import { readMetrics } from "#telemetry/read-metrics.ts";
import { writeReports } from "#telemetry/telemetry-writer.ts";
import { type ChatFixture, createChatFixture, answerJson as json, OLD_ANSWER, streamHeaders } from "#testing/chat.ts";
import { PORTAL_URL } from "#testing/portal.ts";
import { metricsExport } from "#testing/telemetry.ts";

let fixture: ChatFixture;
beforeAll(async () => {
  fixture = await createChatFixture();
});
afterAll(() => fixture.stop());

/** What Claude Code reports to have spent just now, in dollars. */
async function report(agentId: number, value: number): Promise<void> {
  const point = { metric: "claude_code.cost.usage", attributes: { model: "m" }, value };
  const { points, events } = readMetrics(metricsExport([point]), new Date());
  await writeReports(fixture.portal.pool, [{ agentId, points, events }]);
}

it("a message to an agent that goes past the gateway is refused once it has reported its budget's worth", async () => {
  const agent = await fixture.addAgent();
  const { id } = await fixture.portal.platform.agents.find(fixture.ada.actor, agent.name);
  await agent.limitTo("1");
  await fixture.portal.pool.query("UPDATE agent_ownership SET routing = 'direct' WHERE id = $1", [id]);
  fixture.runtime.answer(json(200, OLD_ANSWER));
  await report(id, 0.99);
  expect((await agent.chat()).status).toBe(200);

  await report(id, 0.25);
  const refused = await agent.chat({ headers: { cookie: fixture.ada.cookie, origin: PORTAL_URL } });
  expect(refused.status).toBe(429);
  const { detail } = await refused.json();
  expect(detail).toMatchObject({ code: "budget_exceeded", spent_usd: 1.24, limit_usd: 1 });
  const streamed = await agent.chat({ headers: streamHeaders(fixture.olga) });
  expect([streamed.status, (await streamed.json()).detail.code]).toEqual([429, "budget_exceeded"]);
  expect(await agent.turns()).toHaveLength(1);

  // With a higher limit it may go on.
  await agent.limitTo("5");
  expect((await agent.chat()).status).toBe(200);
});
